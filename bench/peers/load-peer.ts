import type { Absence } from "../entry.ts";

/** Imports a peer by its name. The bench type-checks without them, so each use declares what it uses of one. */
export type PeerLoader = <Module>(name: string) => Promise<Module | Absence>;

export const isAbsent = (thing: object): thing is Absence => "absent" in thing;

/** `missing` says why peers are not there at all. */
export function createPeerLoader(missing: string | undefined): PeerLoader {
  return async <Module>(name: string): Promise<Module | Absence> => {
    if (missing !== undefined) return { absent: missing };
    try {
      return (await import(name)) as Module;
    } catch (error) {
      return { absent: `${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
}
