import { dayOf, duration, timeOfDay } from "../../../explain/wording.ts";

/*
 * Times are in UTC, as `explain` has them: a process, its logs and its readers may live in three time zones.
 */

const HALF_A_DAY_MS = 12 * 3_600_000;

/** `14:03:05`, with its day where it could be taken for that of another. */
export function clockTime(at: number, now: number): string {
  const time = timeOfDay(at).slice(0, 8);
  return Math.abs(at - now) < HALF_A_DAY_MS ? time : `${dayOf(at)} ${time}`;
}

/** `in 8 s`, `6 m 12 s ago`. */
export const fromNow = (at: number, now: number): string =>
  at >= now ? `in ${span(at - now)}` : `${span(now - at)} ago`;

/** In whole seconds: who looks at a table does not want tenths. */
export const span = (ms: number): string => (ms < 1_000 ? "0 s" : duration(Math.floor(ms / 1_000) * 1_000));

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `1h30m`, `500ms`; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sum += Number(number) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : undefined;
}

/** An ISO date (`2026-11-28`, `2026-11-28T14:00Z`; UTC where it names no zone), or a duration: so long ago. */
export function parseMoment(text: string, now: number): number | undefined {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return undefined;
  const at = Date.parse(/Z|[+-]\d{2}:\d{2}$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}
