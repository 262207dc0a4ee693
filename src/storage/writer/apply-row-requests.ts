import type { AuditKind } from "../audit-log.ts";
import { operationState } from "../operation-state.ts";
import type { RowRequest } from "../protocol.ts";
import { buryOperation } from "../statements/bury-operation.ts";
import { closeOperation } from "../statements/close-operation.ts";
import { returnOperation } from "../statements/return-operation.ts";
import { scheduleOperation } from "../statements/schedule-operation.ts";
import { answerClosing } from "./answer-closing.ts";
import { leaveRun, waitingStateOf, type Answer, type Context } from "./context.ts";
import { mustChange } from "./must-change.ts";
import type { RunningRow } from "./runs.ts";

/** What happens to rows under way that do not end. Each is guarded by the state it comes from: a miss is a fault. */
export function applyRowRequests(context: Context, requests: readonly RowRequest[], answer: Answer): void {
  for (const [index, request] of requests.entries()) {
    if (request.kind === "closed") {
      if (!answerClosing(context, request)) answer.rowsNotOwned.push(index);
      continue;
    }
    const row = context.runs.find(request.sequence, request.token);
    if (row === undefined) answer.rowsNotOwned.push(index);
    else apply(context, row, request);
  }
}

function apply(context: Context, row: RunningRow, request: Exclude<RowRequest, { kind: "closed" }>): void {
  const { connection, counter, schedule, undo, laneRows } = context;
  const { facts, run } = row;
  const { sequence, pool, lane } = facts;
  switch (request.kind) {
    case "reschedule": {
      mustChange(connection.run(scheduleOperation, [request.dueAt, request.error, run.carry, sequence]), sequence);
      counter.move(pool, operationState.running, operationState.scheduled);
      const before = schedule.nextDue;
      undo.push(() => {
        schedule.nextDue = before;
      });
      schedule.nextDue = Math.min(request.dueAt, before ?? request.dueAt);
      note(context, row, "attempt_failed", {
        attempt: facts.attempts + 1,
        error: codeOf(request.error),
        dueAt: request.dueAt,
      });
      leaveRun(context, row, true);
      return;
    }
    case "giveBack":
      if (request.interrupted || request.error !== null)
        note(context, row, "returned", {
          interrupted: request.interrupted,
          ...(request.error === null ? {} : { error: codeOf(request.error) }),
        });
      returnRow(context, row, request.interrupted);
      return;
    case "close": {
      const attempt = request.becomes === "dead" ? 1 : 0;
      mustChange(
        connection.run(closeOperation, [request.becomes, request.error, attempt, run.carry, sequence]),
        sequence,
      );
      counter.move(pool, operationState.running, operationState.closing);
      note(context, row, "closing", {
        becomes: request.becomes,
        error: codeOf(request.error),
        ...(attempt === 0 ? {} : { attempt: facts.attempts + 1 }),
      });
      leaveRun(context, row, true);
      return;
    }
    case "bury": {
      const skip = request.skip ? 1 : 0;
      mustChange(
        connection.run(buryOperation, [deadSince(context), request.error, 1, run.carry, skip, skip, sequence]),
        sequence,
      );
      counter.move(pool, operationState.running, operationState.dead);
      note(context, row, "buried", {
        error: codeOf(request.error),
        skipped: request.skip,
        attempt: facts.attempts + 1,
      });
      if (request.skip && lane !== null) laneRows.remove(lane);
      leaveRun(context, row, lane !== null && !request.skip);
      return;
    }
  }
}

/** The run is over: rows of it that were not begun wait again. */
export function finishRun(context: Context, token: number): void {
  for (const row of context.runs.rest(token)) returnRow(context, row, false);
}

function returnRow(context: Context, row: RunningRow, interrupted: boolean): void {
  const { facts, run } = row;
  const state = waitingStateOf(facts.lane);
  const values = [state, interrupted ? 1 : 0, run.carry, facts.sequence];
  mustChange(context.connection.run(returnOperation, values), facts.sequence);
  context.counter.move(facts.pool, operationState.running, state);
  leaveRun(context, row, true);
}

/** Few rows take these steps, so they may be written as they come: codes and times, never messages. */
function note(
  { audit, schedule }: Context,
  { facts, run }: RunningRow,
  kind: AuditKind,
  detail: Readonly<Record<string, unknown>>,
): void {
  const claimed = run.claimedAt === null ? detail : { ...detail, claimedAt: run.claimedAt };
  audit.append(schedule.now, kind, facts.sequence, facts.principal, JSON.stringify(claimed));
}

const codeOf = (error: string): string => (JSON.parse(error) as { code: string }).code;

const deadSince = (context: Context): number => context.schedule.now;
