import { z } from "zod";
import { InvalidValueError } from "../../src/errors.ts";

/*
 * Where a page ends, for whoever wants the next one: text that means something to us alone, so that what it is made
 * of may change. In every list the answer's `next` is the next question's `after`.
 */

const PREFIX = "n";

/** @throws InvalidValueError `invalid_cursor` */
function placeOf(cursor: string): number {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const place = /^n(0|[1-9]\d{0,15})$/.test(text) ? Number(text.slice(PREFIX.length)) : Number.NaN;
  if (!Number.isSafeInteger(place) || cursorOf(place) !== cursor)
    throw new InvalidValueError("invalid_cursor", "$.after", "Pass the `next` of the page before, as it came.");
  return place;
}

const cursorOf = (place: number): string => Buffer.from(`${PREFIX}${place}`).toString("base64url");

/** `after` of a question: a cursor as it came, a place for the runtime. */
export const afterSchema = z.string().min(1).max(64).transform(placeOf);

/** `next` of an answer: a place of the runtime, as a cursor. */
export const nextSchema = z.number().transform(cursorOf).pipe(z.string());
