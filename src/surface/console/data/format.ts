/* Figures and times as a person reads them. */

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const FINER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });

export const countText = (count: number): string => WHOLE.format(count);

/** `1 letter`, `2 letters`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

/** A rate: one digit after the point while it is small. */
export const rateText = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? FINE.format(perSecond) : WHOLE.format(perSecond);

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1_024 ** power;
  return `${value < 10 && power > 0 ? FINE.format(value) : WHOLE.format(value)} ${UNITS[power]}`;
}

/** A time that passed or will: `340 ms`, `8 s`, `6 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1) return ms <= 0 ? "0 s" : `${FINE.format(ms)} ms`;
  if (ms < 1_000) return `${ms < 10 ? FINE.format(ms) : WHOLE.format(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${ms < 10_000 ? FINE.format(ms / 1_000) : seconds} s`;
  return inUnits(seconds);
}

/** The same without parts of a second, for what counts up or down on the page. */
export const passingText = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return seconds < 60 ? `${seconds} s` : inUnits(seconds);
};

function inUnits(seconds: number): string {
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600), Math.floor(seconds / 86_400)];
  if (days > 0) return withRest(days, "d", hours % 24, "h");
  if (hours > 0) return withRest(hours, "h", minutes % 60, "m");
  return withRest(minutes, "m", seconds % 60, "s");
}

const withRest = (large: number, unit: string, rest: number, smaller: string): string =>
  rest === 0 ? `${large} ${unit}` : `${large} ${unit} ${rest} ${smaller}`;

/** `14:03:05`, with its date where that is not today. */
export function timeText(at: number, now: number = Date.now()): string {
  const time = new Date(at);
  const clock = time.toLocaleTimeString("en-GB", { hour12: false });
  return time.toDateString() === new Date(now).toDateString()
    ? clock
    : `${time.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock}`;
}

/** `14:03:05.114` */
export const fineTimeText = (at: number): string =>
  `${timeText(at)}.${String(Math.floor(at) % 1_000).padStart(3, "0")}`;

/** A measured value beside a threshold: whatever its unit is, with few digits. */
export const valueText = (value: number): string => (Math.abs(value) >= 100 ? WHOLE : FINER).format(value);

/** `queue_overflow` → `queue overflow`, `consecutiveFailures` → `consecutive failures` */
export const wordsOf = (name: string): string =>
  name.replaceAll("_", " ").replace(/[a-z][A-Z]/g, ([before, after]) => `${before} ${after?.toLowerCase() ?? ""}`);
