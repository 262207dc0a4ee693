import { conditionId } from "../../../machines/contracts/conditions.ts";
import { percent, type Reading, type Sensor } from "./sensor.ts";
import { Slices } from "./slices.ts";

/** Counts that only grow, over all generations of a breaker. */
export interface CallCounts {
  readonly everCalls: number;
  readonly everFailures: number;
}

export interface ConnectionFailurePorts {
  readonly dependency: string;
  readonly windowMs: number;
  readonly minimumSample: number;
  readonly counts: () => CallCounts;
}

const SLICES = 60;

/**
 * The share of calls to one dependency that failed within a sliding window, however often its breaker opened and closed
 * in between: how flapping shows. It reads how far two counters went since the last reading; calls pay nothing.
 */
export class ConnectionFailureSensor implements Sensor {
  readonly name: string;
  readonly trigger: string;
  readonly #ports: ConnectionFailurePorts;
  readonly #slices: Slices<{ calls: number; failures: number }>;
  #last: CallCounts;

  constructor(ports: ConnectionFailurePorts) {
    this.#ports = ports;
    this.name = `connection failures of ${ports.dependency}`;
    this.trigger = conditionId({ kind: "connection_failures", dependency: ports.dependency });
    this.#slices = new Slices<{ calls: number; failures: number }>(
      ports.windowMs,
      SLICES,
      () => ({ calls: 0, failures: 0 }),
      (slice) => {
        slice.calls = 0;
        slice.failures = 0;
      },
    );
    this.#last = { everCalls: 0, everFailures: 0 };
  }

  start(nowMs: number): void {
    this.#slices.restart(nowMs);
    this.#last = this.#counted();
  }

  read(nowMs: number): Reading {
    const { dependency, minimumSample, windowMs } = this.#ports;
    this.#slices.advance(nowMs);
    const counted = this.#counted();
    this.#slices.current.calls += counted.everCalls - this.#last.everCalls;
    this.#slices.current.failures += counted.everFailures - this.#last.everFailures;
    this.#last = counted;
    let calls = 0;
    let failures = 0;
    for (const slice of this.#slices.all) {
      calls += slice.calls;
      failures += slice.failures;
    }
    const enough = calls > 0 && calls >= minimumSample;
    const rate = enough ? failures / calls : null;
    return {
      value: rate,
      what:
        rate === null
          ? `${calls} calls to ${dependency} within ${windowMs} ms; a rate needs ${minimumSample}`
          : `${failures} of ${calls} calls to ${dependency} (${percent(rate)}) failed within ${windowMs} ms`,
      values: { calls, failures, minimumSample, windowMs, ...(rate === null ? {} : { failureRate: rate }) },
      measured: { connectionFailureRate: { [dependency]: rate } },
    };
  }

  #counted(): CallCounts {
    const { everCalls, everFailures } = this.#ports.counts();
    return { everCalls, everFailures };
  }
}
