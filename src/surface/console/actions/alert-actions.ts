import type { Connection } from "../connection.ts";
import type { Alert } from "../data/wire.ts";
import type { Action, Said } from "./action.ts";

type Answer = Awaited<ReturnType<Connection["client"]["alerts"]["acknowledge"]["mutate"]>>;

export function acknowledgeAlert(connection: Connection, { id, subject }: Alert, onDone: () => void): Action {
  return {
    title: `Acknowledge alert ${id} (${subject})`,
    label: "Acknowledge",
    permission: "alert.resolve",
    explains: "Says that you have seen it, and what becomes of it. It stays until it is resolved.",
    perform: async (reason) => told(await connection.client.alerts.acknowledge.mutate({ id, reason }), onDone),
  };
}

export function resolveAlert(connection: Connection, { id, subject }: Alert, onDone: () => void): Action {
  return {
    title: `Resolve alert ${id} (${subject})`,
    label: "Resolve",
    permission: "alert.resolve",
    explains: "Says that it is over. Should it be raised again, it is a new one.",
    perform: async (reason) => told(await connection.client.alerts.resolve.mutate({ id, reason }), onDone),
  };
}

function told(answer: Answer, onDone: () => void): Said {
  onDone();
  if (answer.status === "not_open") return { tone: "warn", text: "It was resolved already." };
  const { status, acknowledged, resolved } = answer.alert;
  const by = (resolved ?? acknowledged)?.by ?? "nobody";
  return {
    tone: "good",
    text: `Alert ${answer.alert.id} is ${status} by ${by}${answer.status === "already" ? ", as it was" : ""}.`,
  };
}
