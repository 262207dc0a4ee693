import type { AlertSettings } from "../../config/types.ts";
import type { Alerts } from "./alerts.ts";

/** What is looked at of a reading. Null: nothing was measured, which says neither well nor ill. */
export interface Measured {
  /** Wall time. */
  readonly at: number;
  readonly memory: { readonly usage: number } | null;
  readonly errorRate: number | null;
  readonly responseTimeMs: { readonly p95: number } | null;
}

interface Threshold {
  readonly key: string;
  readonly subject: string;
  readonly limit: (settings: AlertSettings) => number;
  readonly read: (measured: Measured) => number | null;
  readonly say: (value: number, limit: number) => string;
  /** Null means that too little happened, not only that nobody knows: then an alert is over with the last that did. */
  readonly endsInQuiet: boolean;
}

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

const THRESHOLDS: readonly Threshold[] = [
  {
    key: "threshold:memory",
    subject: "memory",
    limit: ({ memoryUsage }) => memoryUsage,
    read: ({ memory }) => memory?.usage ?? null,
    say: (value, limit) => `memory is at ${percent(value)} (limit ${percent(limit)})`,
    endsInQuiet: false,
  },
  {
    key: "threshold:error_rate",
    subject: "error_rate",
    limit: ({ errorRate }) => errorRate,
    read: ({ errorRate }) => errorRate,
    say: (value, limit) => `${percent(value)} of the operations failed (limit ${percent(limit)})`,
    endsInQuiet: true,
  },
  {
    key: "threshold:response_time",
    subject: "response_time",
    limit: ({ responseTimeMs }) => responseTimeMs,
    read: ({ responseTimeMs }) => responseTimeMs?.p95 ?? null,
    say: (value, limit) =>
      `the slowest of 20 operations take ${Math.round(value)} ms and more (limit ${Math.round(limit)} ms)`,
    endsInQuiet: true,
  },
];

/** An alert stays while values are above this share of its limit, so that one at its limit does not flap … */
const LEAVES_AT = 0.9;
/** … and until so many readings in a row were below. */
const READINGS_TO_LEAVE = 3;
/** In a service as quiet as this there is nobody left whom it would concern; the next slow minute opens another. */
const QUIET_MS = 5 * 60_000;

/** The alerts that configured limits open. One occurrence is one crossing, however long it lasts. */
export class ThresholdAlerts {
  readonly #alerts: Alerts;
  readonly #settings: AlertSettings;
  /** Readings in a row that were well, by key, while an alert is open. */
  readonly #well = new Map<string, number>();
  /** When something was measured last, by key, since this process observes. */
  readonly #measuredAt = new Map<string, number>();

  constructor(alerts: Alerts, settings: AlertSettings) {
    this.#alerts = alerts;
    this.#settings = settings;
  }

  observe(measured: Measured): void {
    for (const threshold of THRESHOLDS) {
      const value = threshold.read(measured);
      if (value !== null && Number.isFinite(value)) {
        this.#measuredAt.set(threshold.key, measured.at);
        this.#look(threshold, value);
      } else if (threshold.endsInQuiet) this.#lookAtQuiet(threshold, measured.at);
    }
  }

  /** That nothing was measured is no sign of health, and is not told as one. */
  #lookAtQuiet({ key }: Threshold, at: number): void {
    const since = this.#measuredAt.get(key) ?? at;
    this.#measuredAt.set(key, since);
    if (at - since < QUIET_MS || this.#alerts.of(key) === undefined) return;
    this.#well.delete(key);
    this.#alerts.clear(key, `nothing was measured since ${new Date(since).toISOString()}: too few operations ended`);
  }

  #look({ key, subject, limit: limitOf, say }: Threshold, value: number): void {
    const limit = limitOf(this.#settings);
    const isOpen = this.#alerts.of(key) !== undefined;
    if (value >= limit) {
      if (!isOpen || (this.#well.get(key) ?? 0) > 0) {
        const what = say(value, limit);
        const cause = { actor: "sensor", what, values: { value, limit } };
        this.#alerts.raise({ key, severity: "warning", subject, what, cause });
      }
      this.#well.delete(key);
    } else if (isOpen && value <= limit * LEAVES_AT) {
      const well = (this.#well.get(key) ?? 0) + 1;
      this.#well.set(key, well);
      if (well < READINGS_TO_LEAVE) return;
      this.#well.delete(key);
      this.#alerts.clear(key, say(value, limit));
    }
  }
}
