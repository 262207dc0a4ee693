import { InvalidValueError } from "../errors.ts";
import type { HistoryPlace } from "../storage/reads/read-history.ts";

/** A place in the history, for whoever goes on there: it says nothing to whoever holds it. */
export const cursorOf = ({ at, id }: HistoryPlace): string => `${at.toString(36)}.${id.toString(36)}`;

/** @throws InvalidValueError `invalid_cursor` */
export function placeOf(cursor: string): HistoryPlace {
  const [at = Number.NaN, id = Number.NaN] = cursor.split(".").map((part) => Number.parseInt(part, 36));
  // Read back, so that what only begins like one is none.
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(id) || cursorOf({ at, id }) !== cursor)
    throw new InvalidValueError("invalid_cursor", "$.after", "Pass the `next` of the page before, as it came.");
  return { at, id };
}
