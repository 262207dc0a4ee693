import type { ControlTime } from "../control-time.ts";
import { isMoment } from "../recorder.ts";

/** What an actor knows, by name: `generation: 3`, `pin.mode: "emergency_mode"`, `remedies: 2` (how many). */
export type Facts = Readonly<Record<string, string | number | boolean>>;

const MOST_FACTS = 32;
const LONGEST_TEXT = 120;

/** Told elsewhere, not knowledge of its own, or (`message`, `detail`) in the words of foreign code. */
const LEFT_OUT: ReadonlySet<string> = new Set(["given", "cause", "since", "deadline", "facts", "message", "detail"]);

/**
 * What of a machine's context a person can read: plain values, of objects one level deep, of lists their length.
 * Moments are wall times. Foreign messages are left out: they may say anything.
 */
export function factsOf(context: Readonly<Record<string, unknown>>, time: ControlTime): Facts {
  const facts: Record<string, string | number | boolean> = {};
  const add = (name: string, key: string, value: unknown): void => {
    if (Object.keys(facts).length >= MOST_FACTS) return;
    if (typeof value === "number") facts[name] = isMoment(key) ? time.wall(value) : value;
    else if (typeof value === "boolean") facts[name] = value;
    else if (typeof value === "string") facts[name] = value.slice(0, LONGEST_TEXT);
    else if (Array.isArray(value)) facts[name] = value.length;
  };
  for (const [key, value] of Object.entries(context)) {
    if (LEFT_OUT.has(key)) continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [inner, part] of Object.entries(value))
        if (!LEFT_OUT.has(inner) && typeof part !== "object") add(`${key}.${inner}`, inner, part);
    } else add(key, key, value);
  }
  return facts;
}
