import type { Connection } from "../connection.ts";
import type { Action, Said } from "./action.ts";

const LOOKS = 12;
const PAUSE_MS = 250;

/** Asks for the status until it shows the effect, for three seconds; then says that it does not. */
export async function lookForEffect(connection: Connection, verify: NonNullable<Action["verify"]>): Promise<Said> {
  for (let look = 0; look < LOOKS; look++) {
    await connection.refresh();
    const snapshot = connection.snapshot.get();
    const seen = snapshot === undefined ? undefined : verify(snapshot);
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { tone: "warn", text: "The effect is not to be seen yet." };
}
