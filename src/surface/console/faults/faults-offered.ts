import type { Connection } from "../connection.ts";
import { createStore } from "../data/store.ts";

/** Whether this server lets its faults be switched; only one in development does, and only for some. */
export const areFaultsOffered = createStore(false);

/** Asks at the start and whenever it is another who asks. */
export function followOffer(connection: Connection): void {
  const ask = (): void => {
    const state = connection.sessions.state.get();
    if (state.kind !== "signed_in" || state.session.mode !== "development") return areFaultsOffered.set(false);
    void connection.client.faults.list.query().then(
      () => areFaultsOffered.set(true),
      () => areFaultsOffered.set(false),
    );
  };
  connection.sessions.state.subscribe(ask);
  ask();
}
