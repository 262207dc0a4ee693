import { InvalidValueError } from "../errors.ts";
import type { Alert } from "../alerts/alert.ts";
import type { ClaimRequest, ControlAction, MachineRecord, OperationEnd, TransitionRow } from "../queue/journal.ts";
import type { BatchRules } from "../queue/run-groups.ts";

/*
 * As for acceptances: what would make SQLite fail the batch that a request rides in is refused, or put right, before
 * it is sent.
 */

/** A whole number, or a refusal that names the field. */
export function wholeNumber(path: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidValueError("invalid_request", path, `${path} must be a whole number, not ${String(value)}`);
}

/** Times come from clocks with fractions. */
export const wholeMilliseconds = (path: string, value: number): number => wholeNumber(path, Math.round(value));

export function checkEnd(end: OperationEnd): OperationEnd {
  wholeNumber("sequence", end.sequence);
  if (end.result !== undefined && typeof end.result !== "string")
    throw new InvalidValueError("invalid_request", "result", "result must be JSON text");
  return Number.isSafeInteger(end.endedAt) ? end : { ...end, endedAt: wholeMilliseconds("endedAt", end.endedAt) };
}

/** Budgets may come out of a multiplication. */
export function checkClaim(request: ClaimRequest): ClaimRequest {
  return {
    pool: wholeNumber("pool", request.pool),
    runs: wholeNumber("runs", Math.floor(request.runs)),
    rows: wholeNumber("rows", Math.floor(request.rows)),
    bytes: wholeNumber("bytes", Math.floor(request.bytes)),
    runRows: wholeNumber("runRows", Math.floor(request.runRows)),
    lowestPriority: wholeNumber("lowestPriority", request.lowestPriority),
    preferred: request.preferred.map((sequences) => sequences.filter(Number.isSafeInteger)),
    ...(request.batching === undefined ? {} : { batching: checkBatching(request.batching) }),
  };
}

const checkBatching = ({ sizes, batches }: BatchRules): BatchRules => ({
  sizes: sizes.map(([definition, items]) => [
    wholeNumber("batching.sizes", definition),
    wholeNumber("batching.sizes", Math.floor(items)),
  ]),
  batches: wholeNumber("batching.batches", Math.floor(batches)),
});

/** Nobody waits for a transition, so it cannot be refused: what is not JSON is kept as text. */
export function checkTransition({ at, machine, from, to, event, cause, edge, number }: TransitionRow): TransitionRow {
  return {
    at: timeOrZero(at),
    machine: String(machine),
    from: String(from),
    to: String(to),
    event: String(event),
    cause: jsonText(cause),
    ...(edge === undefined ? {} : { edge: String(edge) }),
    ...(number === undefined ? {} : { number: timeOrZero(number) }),
  };
}

export function checkRecord({ id, version, at, state, context }: MachineRecord): MachineRecord {
  return {
    id: String(id),
    version: timeOrZero(version),
    at: timeOrZero(at),
    state: String(state),
    context: String(context),
  };
}

/** Whoever opens one gave it an id; its words may come from anywhere. */
export function checkAlert(alert: Alert): Alert {
  return {
    ...alert,
    id: wholeNumber("id", alert.id),
    key: String(alert.key),
    severity: alert.severity,
    subject: String(alert.subject),
    what: String(alert.what),
    openedAt: timeOrZero(alert.openedAt),
    lastSeenAt: timeOrZero(alert.lastSeenAt),
    occurrences: timeOrZero(alert.occurrences),
  };
}

/** Nobody waits for it either: a request that cannot be kept is kept as nothing. */
export function checkControlAction(entry: ControlAction): ControlAction {
  const { at, principal, action, target, reason, outcome, request } = entry;
  return {
    at: timeOrZero(at),
    principal: String(principal),
    action: String(action),
    target: String(target),
    reason: reason === null ? null : String(reason),
    outcome: String(outcome),
    request: JSON.parse(stringify(request)) as ControlAction["request"],
  };
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "{}";
  } catch {
    return "{}";
  }
}

const timeOrZero = (value: number): number => (Number.isFinite(value) ? Math.round(value) : 0);

function jsonText(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(String(text));
  }
}
