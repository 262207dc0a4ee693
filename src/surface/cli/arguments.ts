import { InvalidArgumentError } from "commander";
import { parseDuration, parseMoment } from "./output/moments.ts";

/* How the values of options are read. What cannot be is a wrong use, told before anything is sent. */

export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError("A duration is 90s, 30m, 2h or 1h30m.");
  return ms;
}

export function moment(text: string): number {
  const at = parseMoment(text, Date.now());
  if (at === undefined)
    throw new InvalidArgumentError("A moment is 2026-11-28, 2026-11-28T14:00Z, or how long ago: 2h.");
  return at;
}

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`It is one of ${choices.join(", ")}.`);
    return found;
  };
}

export function reason(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Say why: the reason is kept in the audit.");
  return text;
}
