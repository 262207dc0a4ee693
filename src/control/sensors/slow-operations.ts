import type { Reading, Sensor } from "./sensor.ts";
import { Slices } from "./slices.ts";

export interface SlowOperationPorts {
  readonly windowMs: number;
  readonly slowOperationMs: number;
  /** The attempts under way, each the same object while it lasts. Bounded by the concurrency limits. */
  readonly inFlight: () => Iterable<object>;
}

const SLICES = 60;

/**
 * Attempts that run for longer than they should, or did when they ended within the window. It looks at what is in
 * flight once per reading and remembers when it first saw each: no attempt pays for it, the backlog is not touched, and
 * what is shorter than a reading's interval is never slow.
 */
export class SlowOperationsSensor implements Sensor {
  readonly name = "slow operations";
  readonly trigger = "processing_timeout";
  readonly #ports: SlowOperationPorts;
  readonly #ended: Slices<{ slow: number }>;
  #firstSeen = new Map<object, number>();
  #lastMs = 0;

  constructor(ports: SlowOperationPorts) {
    this.#ports = ports;
    this.#ended = new Slices<{ slow: number }>(
      ports.windowMs,
      SLICES,
      () => ({ slow: 0 }),
      (slice) => {
        slice.slow = 0;
      },
    );
  }

  start(nowMs: number): void {
    this.#firstSeen = new Map();
    this.#ended.restart(nowMs);
  }

  stop(): void {
    this.#firstSeen = new Map();
  }

  read(nowMs: number): Reading {
    const { inFlight, slowOperationMs } = this.#ports;
    this.#ended.advance(nowMs);
    const before = this.#firstSeen;
    const now = new Map<object, number>();
    let running = 0;
    for (const attempt of inFlight()) {
      const since = before.get(attempt) ?? nowMs;
      before.delete(attempt);
      now.set(attempt, since);
      if (nowMs - since >= slowOperationMs) running += 1;
    }
    this.#firstSeen = now;
    // Those that are left have ended since. They were slow if they were when last seen.
    for (const since of before.values()) if (this.#lastMs - since >= slowOperationMs) this.#ended.current.slow += 1;
    this.#lastMs = nowMs;
    const ended = this.#ended.all.reduce((sum, { slow }) => sum + slow, 0);
    const slow = running + ended;
    return {
      value: slow,
      what: `${slow} operations took longer than ${slowOperationMs} ms`,
      values: { slow, running, ended, slowOperationMs },
      measured: { slowOperations: slow },
    };
  }
}
