import { useEffect } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { createStore, useStore } from "../data/store.ts";
import type { MachineDefinition } from "./machine-data.ts";

/** They never change while the page is open: asked for once, by whichever page needs them first. */
const known = createStore<readonly MachineDefinition[] | undefined>(undefined);

/** Every statechart; undefined until the server has told. */
export function useDefinitions(connection: Connection): readonly MachineDefinition[] | undefined {
  useEffect(() => {
    const ask = (): void => {
      if (known.get() !== undefined) return;
      connection.client.machines.definitions.query().then(
        (told) => known.set(told),
        () => {
          // Asked again when the connection is back.
        },
      );
    };
    ask();
    return connection.link.subscribe(ask);
  }, [connection]);
  return useStore(known);
}
