import type { PersonsRequest } from "../../queue/journal.ts";
import { parseOperationId } from "../operation-id.ts";
import { operationState } from "../operation-state.ts";
import type { AdministrativeRequest } from "../protocol.ts";
import { findOperation } from "../statements/find-operation.ts";
import { deleteKey } from "../statements/keys.ts";
import { deleteMoved } from "../statements/moved.ts";
import { deleteEnded, selectEndedIds } from "../statements/purge-ended.ts";
import { touchMeta } from "../statements/save-meta.ts";
import { selectClosing } from "../statements/select-closing.ts";
import type { StoredRow } from "../statements/stored-columns.ts";
import type { Answer, Context } from "./context.ts";
import { beginRelease } from "./release-held.ts";
import { closingRowOf, factsOfStored, type StoredFacts } from "./rows.ts";
import { setAside } from "./set-aside.ts";
import { storeToken } from "./stored-token.ts";

export function administer(context: Context, requests: readonly AdministrativeRequest[], answer: Answer): void {
  for (const request of requests) answer.administration.push(answerOf(context, request, answer));
}

function answerOf(context: Context, request: AdministrativeRequest, answer: Answer): unknown {
  switch (request.kind) {
    case "cancel":
      return cancel(context, request, answer);
    case "discardDead":
      return discardDead(context, request);
    case "setDefinitions": {
      const { definitions, undo } = context;
      const before = definitions.runnable;
      undo.push(() => {
        definitions.reload();
        definitions.runnable = before;
      });
      definitions.set(request.definitions);
      beginRelease(context);
      return undefined;
    }
    case "saveToken": {
      const { at, principal, ...action } = request.action;
      storeToken(context.connection, request.token, request.forget);
      context.audit.append(at, "control", null, principal, JSON.stringify(action));
      return undefined;
    }
    case "touch":
      context.connection.run(touchMeta, []);
      return undefined;
    case "purgeEnded":
      return purgeEnded(context, request.sequences);
    case "closings":
      return context.connection
        .all<StoredRow>(selectClosing, [request.afterSequence, request.limit])
        .map(factsOfStored)
        .map((row) => closingRowOf(row, row.closingTarget ?? "dead"));
  }
}

/** As it is after everything that this batch has ended so far: two requests may mean the same row. */
export function findRow({ connection, endings }: Context, sequence: number): StoredFacts | undefined {
  endings.flush();
  const row = connection.get<StoredRow>(findOperation, [sequence]);
  return row === undefined ? undefined : factsOfStored(row);
}

function cancel(context: Context, request: PersonsRequest, answer: Answer): string {
  const row = findRow(context, request.sequence);
  if (row === undefined || row.state === operationState.dead) return "not_waiting";
  if (row.state === operationState.running) return "running";
  if (row.state === operationState.closing) return "closing";
  const { audit, schedule } = context;
  audit.append(schedule.now, "cancelled", row.sequence, request.principal, JSON.stringify({ reason: request.reason }));
  const error = JSON.stringify({ code: "cancelled", message: request.reason, retryable: false });
  return setAside(context, row, "cancelled", error, answer) === "ended" ? "cancelled" : "closing";
}

function discardDead(context: Context, request: PersonsRequest): string {
  const row = findRow(context, request.sequence);
  if (row?.state !== operationState.dead) return "not_dead";
  const { audit, schedule, endings, lanes } = context;
  audit.append(schedule.now, "discarded", row.sequence, request.principal, JSON.stringify({ reason: request.reason }));
  endings.add(row, operationState.dead, {
    outcome: "discarded",
    endedAt: schedule.now,
    attempts: row.attempts,
    replayed: false,
    valueOmitted: false,
    result: null,
    error: row.error,
    claimedAt: null,
  });
  if (row.lane !== null) lanes.left(row.lane, row.sequence, row.priority);
  return "discarded";
}

/** A key goes with its operation's end, so that an id can be asked for as long as the answer is there. */
function purgeEnded({ connection }: Context, sequences: readonly number[]): void {
  for (const [sequence, id] of connection.allSized<[number, string]>(selectEndedIds, sequences)) {
    const parsed = parseOperationId(id);
    if (parsed !== undefined && "hash" in parsed) connection.run(deleteKey, [parsed.hash, sequence]);
  }
  connection.runSized(deleteMoved, sequences);
  connection.runSized(deleteEnded, sequences);
}
