import type { Connection } from "../connection.ts";
import type { OperationView } from "../data/wire.ts";
import { isWaiting } from "../operations/operation-words.ts";
import type { Action } from "./action.ts";

/** What a person can do about one operation as it is now. */
export function operationActions(
  connection: Connection,
  { operationId, state }: OperationView,
  onDone: () => void,
): Action[] {
  if (state === "dead") return [retry(connection, operationId, onDone), discard(connection, operationId, onDone)];
  return isWaiting(state) ? [cancel(connection, operationId, onDone)] : [];
}

const retry = (connection: Connection, operationId: string, onDone: () => void): Action => ({
  title: `Retry ${operationId}`,
  label: "Retry",
  permission: "dead_letter.resolve",
  explains: "Begins anew, in its old place of its lane, or at the lane's end where that went on without it.",
  async perform(reason) {
    const answer = await connection.client.deadLetters.retry.mutate({ operationId, reason });
    onDone();
    if (answer.status === "not_dead") return { tone: "warn", text: "It is no dead letter any more." };
    const now = await connection.client.operations.get.query({ operationId });
    const place = answer.place === "same" ? "in its old place" : "at the end of its lane";
    return { tone: "good", text: `Retried ${place}; now it is ${now?.state ?? "gone"}.` };
  },
});

const discard = (connection: Connection, operationId: string, onDone: () => void): Action => ({
  title: `Discard ${operationId}`,
  label: "Discard",
  permission: "dead_letter.resolve",
  isDangerous: true,
  explains: "Ends it without an effect, for good. What waits behind it in its lane goes on.",
  async perform(reason) {
    const { status } = await connection.client.deadLetters.discard.mutate({ operationId, reason });
    onDone();
    if (status === "not_dead") return { tone: "warn", text: "It is no dead letter any more." };
    const now = await connection.client.operations.get.query({ operationId });
    return { tone: "good", text: `Discarded; the journal says it is ${now?.state ?? "gone"}.` };
  },
});

const cancel = (connection: Connection, operationId: string, onDone: () => void): Action => ({
  title: `Cancel ${operationId}`,
  label: "Cancel",
  permission: "operation.cancel",
  isDangerous: true,
  explains: "Ends it before it begins. One that may have had an effect is fenced first.",
  async perform(reason) {
    const { status } = await connection.client.operations.cancel.mutate({ operationId, reason });
    onDone();
    const TEXTS = {
      cancelled: { tone: "good", text: "Cancelled." },
      closing: { tone: "busy", text: "A fence is being written; then it is cancelled." },
      running: { tone: "warn", text: "It is running already, and goes on." },
      not_waiting: { tone: "warn", text: "It does not wait any more." },
    } as const;
    return TEXTS[status];
  },
});
