/** What is counted of the queue at one moment. */
export interface QueueSample {
  readonly monotonicMs: number;
  /** The last number given out: grows by one with every acceptance. */
  readonly accepted: number;
  /** Rows of all states, and the bytes of their inputs. */
  readonly rows: number;
  readonly bytes: number;
}

/** How the queue moves, measured over the last while. */
export interface QueueRates {
  /** The time that was looked at. */
  readonly overMs: number;
  readonly acceptedPerSecond: number;
  /** Ended, by whatever end. */
  readonly endedPerSecond: number;
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** One a second: a minute. */
const MOST_SAMPLES = 61;

/** Looks at counters once a second, so that a call costs nothing more for it. */
export class QueueMeter {
  readonly #samples: QueueSample[] = [];

  take(sample: QueueSample): void {
    this.#samples.push(sample);
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
  }

  /** Null until there is something to compare with. */
  get rates(): QueueRates | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.monotonicMs <= first.monotonicMs) return null;
    const overMs = last.monotonicMs - first.monotonicMs;
    const perSecond = (difference: number): number => (difference * 1_000) / overMs;
    const accepted = last.accepted - first.accepted;
    const rows = last.rows - first.rows;
    return {
      overMs,
      acceptedPerSecond: perSecond(accepted),
      endedPerSecond: Math.max(0, perSecond(accepted - rows)),
      rowsPerSecond: perSecond(rows),
      bytesPerSecond: perSecond(last.bytes - first.bytes),
    };
  }
}

export interface QueueRoom {
  readonly what: "rows" | "bytes";
  readonly used: number;
  readonly limit: number;
  readonly perSecond: number;
}

/** Which limit is reached first at this rate, and when; null where none is. */
export function timeToFull(
  rooms: readonly QueueRoom[],
): { readonly what: "rows" | "bytes"; readonly inMs: number } | null {
  const reached = rooms
    .filter(({ perSecond }) => perSecond > 0)
    .map(({ what, used, limit, perSecond }) => ({ what, inMs: (Math.max(0, limit - used) * 1_000) / perSecond }));
  return reached.toSorted((a, b) => a.inMs - b.inMs)[0] ?? null;
}
