import type { Cause } from "../../machines/contracts/cause.ts";
import { type Mode, MODES } from "../../machines/contracts/modes.ts";
import { storedCause } from "../explain/cause-chain.ts";
import { isInForce, modeOf } from "../explain/past.ts";
import type { StoredTransition } from "../storage/reads/list-transitions.ts";

/** Which modes are in force, by the machine that asks for them: `local_queue:graph`, `pin`. */
export type ModesInForce = Map<string, Mode>;

export const isMode = (name: string): name is Mode => (MODES as readonly string[]).includes(name);

/** Whether a machine's transitions say anything of the modes. */
export const decidesModes = (machine: string): boolean => machine === "pin" || isMode(modeOf(machine));

/** Brings them up to date by one transition, which came after all that they were made of. */
export function enter(inForce: ModesInForce, transition: StoredTransition): void {
  const { machine } = transition;
  const mode = machine === "pin" ? pinnedMode(storedCause(transition.cause)) : modeOf(machine);
  if (isInForce(transition) && isMode(mode)) inForce.set(machine, mode);
  else inForce.delete(machine);
}

/** The pin's where it is held, else the most severe. */
export const gravest = (inForce: ReadonlyMap<string, Mode>): Mode =>
  inForce.get("pin") ?? MODES.findLast((mode) => [...inForce.values()].includes(mode)) ?? "normal";

/** The causes of a pin carry its mode. */
function pinnedMode(cause: Cause): string {
  for (let link: Cause | undefined = cause; link !== undefined; link = link.because) {
    const mode = link.values?.["mode"];
    if (typeof mode === "string") return mode;
  }
  return "unknown";
}
