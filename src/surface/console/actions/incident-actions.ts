import type { Connection } from "../connection.ts";
import { wordsOf } from "../data/format.ts";
import type { IncidentStatus } from "../data/wire.ts";
import type { Action } from "./action.ts";
import { UNAVAILABLE } from "./mode-actions.tsx";

const idOf = ({ condition, dependency }: IncidentStatus): string =>
  dependency === undefined ? condition : `${condition}:${dependency}`;

export const acknowledgeIncident = (connection: Connection, incident: IncidentStatus): Action => ({
  title: `Take over ${wordsOf(idOf(incident))}`,
  label: "Take over",
  permission: "incident.acknowledge",
  explains: "The page has reached you. No further remedy is tried by itself until the condition is gone.",
  async perform(reason) {
    const { status } = await connection.client.incidents.acknowledge.mutate({ condition: idOf(incident), reason });
    if (status === "unavailable") return UNAVAILABLE;
    return status === "acknowledged"
      ? { tone: "good", text: "It is yours." }
      : { tone: "warn", text: "Nobody is being paged for it." };
  },
  verify: ({ status }) => {
    const state = status.incidents.find((each) => idOf(each) === idOf(incident))?.state;
    return state === "acknowledged" || state === "quiet" ? { tone: "good", text: `It is ${state}.` } : undefined;
  },
});
