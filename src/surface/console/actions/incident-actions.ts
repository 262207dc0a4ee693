import type { Connection } from "../connection.ts";
import { wordsOf } from "../data/format.ts";
import type { IncidentStatus } from "../data/wire.ts";
import type { Action } from "./action.ts";
import { UNAVAILABLE } from "./mode-actions.tsx";

export const acknowledgeIncident = (connection: Connection, { condition }: IncidentStatus): Action => ({
  title: `Take over ${wordsOf(condition)}`,
  label: "Take over",
  permission: "incident.acknowledge",
  explains: "The page has reached you. No further remedy is tried by itself until the condition is gone.",
  async perform(reason) {
    const { status } = await connection.client.incidents.acknowledge.mutate({ condition, reason });
    if (status === "unavailable") return UNAVAILABLE;
    return status === "acknowledged"
      ? { tone: "good", text: "It is yours." }
      : { tone: "warn", text: "Nobody is being paged for it." };
  },
  verify: ({ status }) => {
    const state = status.incidents.find((incident) => incident.condition === condition)?.state;
    return state === "acknowledged" || state === "quiet"
      ? { tone: "good", text: `${wordsOf(condition)} is ${state}.` }
      : undefined;
  },
});
