import { InvalidValueError } from "../errors.ts";
import type { Acceptance } from "../queue/journal.ts";
import { idOfKey, idOfSequence } from "./operation-id.ts";

const LARGEST_LANE = 2 ** 47 - 1;
const SHORTEST_HASH = 17;

/**
 * One bad row must not fail its batch mates, so what SQLite would refuse is refused here, before it is sent. A
 * fractional millisecond in an INTEGER column of a STRICT table is the classic.
 */
export function checkAcceptance(acceptance: Acceptance): void {
  const { sequence, pool, definition, priority, lane, acceptedAt, expiresAt, operationId, principal, input, key } =
    acceptance;
  const { because } = acceptance;
  if (!(Number.isSafeInteger(sequence) && sequence > 0)) refuse("sequence", "a whole number above 0");
  if (!Number.isSafeInteger(pool)) refuse("pool", "the number of a pool");
  if (!Number.isSafeInteger(definition)) refuse("definition", "the number of a definition");
  if (!Number.isSafeInteger(priority)) refuse("priority", "a whole number");
  if (lane !== null && !(Number.isSafeInteger(lane) && lane >= 0 && lane <= LARGEST_LANE))
    refuse("lane", "null or a 47-bit number");
  if (!Number.isSafeInteger(acceptedAt)) refuse("acceptedAt", "a time in whole milliseconds");
  if (!Number.isSafeInteger(expiresAt)) refuse("expiresAt", "a time in whole milliseconds");
  if (typeof principal !== "string") refuse("principal", "a string");
  if (typeof input !== "string") refuse("input", "JSON text");
  if (because !== undefined && typeof because !== "string") refuse("because", "a string");
  if (key === undefined) {
    if (operationId !== idOfSequence(sequence)) refuse("operationId", "op_<sequence>");
    return;
  }
  if (typeof key.hash !== "string" || key.hash.length < SHORTEST_HASH)
    refuse("key.hash", "a string of more than 16 characters");
  if (typeof key.inputHash !== "string") refuse("key.inputHash", "a string");
  if (!Number.isSafeInteger(key.until)) refuse("key.until", "a time in whole milliseconds");
  if (operationId !== idOfKey(key.hash)) refuse("operationId", "op_<hash of the key>");
}

function refuse(path: string, expected: string): never {
  throw new InvalidValueError("invalid_acceptance", path, `an acceptance's ${path} must be ${expected}`);
}
