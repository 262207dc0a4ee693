import type { EndOfOperation } from "../../queue/ended-event.ts";
import { percent, type Reading, type Sensor } from "./sensor.ts";
import { Slices } from "./slices.ts";

export interface ErrorRatePorts {
  readonly windowMs: number;
  readonly minimumSample: number;
  /** By name. A dependency that is not there explains nothing. */
  readonly dependencies: ReadonlyMap<string, DependencyHealth>;
}

export interface DependencyHealth {
  /** False from the moment at which its breaker left `closed`. */
  readonly closed: boolean;
  readonly generation: number;
}

interface Slice {
  completed: number;
  /** How many failed, by code within dependency; "" for those that no dependency owns. */
  readonly failed: Map<string, Map<string, number>>;
}

const SLICES = 60;
/** More codes than this within one window are counted together … */
const MAXIMUM_CODES = 16;
/** … as this. */
const OTHER = "other";
/** An end of which nobody knows why: a fence decided it, after a restart. */
const UNKNOWN = "unknown";

/**
 * The share of ended operations that failed, within a sliding window. What a breaker explains is left out: failures of
 * a dependency are forgotten when its breaker leaves the generation in which they were counted, the ones that opened
 * it included. Too few ends are no rate: nothing, not 0 %.
 */
export class ErrorRateSensor implements Sensor {
  readonly name = "error rate";
  readonly trigger = "high_error_rate";
  readonly #ports: ErrorRatePorts;
  readonly #slices: Slices<Slice>;
  readonly #generations = new Map<string, number>();
  #codes = new Set<string>();

  constructor(ports: ErrorRatePorts) {
    this.#ports = ports;
    this.#slices = new Slices<Slice>(
      ports.windowMs,
      SLICES,
      () => ({ completed: 0, failed: new Map() }),
      (slice) => {
        slice.completed = 0;
        slice.failed.clear();
      },
    );
  }

  record({ outcome, errorCode, dependency = "" }: EndOfOperation): void {
    const slice = this.#slices.current;
    if (outcome === "completed") {
      slice.completed += 1;
      return;
    }
    if (this.#isExplained(dependency)) return;
    const code = this.#codeOf(errorCode ?? UNKNOWN);
    let codes = slice.failed.get(dependency);
    if (codes === undefined) slice.failed.set(dependency, (codes = new Map()));
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }

  start(nowMs: number): void {
    this.#slices.restart(nowMs);
    this.#codes.clear();
    for (const [name, { generation }] of this.#ports.dependencies) this.#generations.set(name, generation);
  }

  read(nowMs: number): Reading {
    this.#slices.advance(nowMs);
    for (const name of this.#ports.dependencies.keys()) this.#isExplained(name);
    const { completed, failed, byCode } = this.#sum();
    this.#codes = new Set(byCode.keys());
    const ended = completed + failed;
    const { minimumSample, windowMs } = this.#ports;
    if (ended === 0 || ended < minimumSample)
      return {
        value: null,
        what: `${ended} operations ended within ${windowMs} ms; a rate needs ${minimumSample}`,
        measured: { errorRate: null, errorRateByCode: {} },
      };
    const rate = failed / ended;
    return {
      value: rate,
      what: `${failed} of ${ended} operations (${percent(rate)}) failed within ${windowMs} ms`,
      values: { failed, ended, errorRate: rate, minimumSample, windowMs, ...mostFrequent(byCode) },
      measured: {
        errorRate: rate,
        errorRateByCode: Object.fromEntries([...byCode].map(([code, count]) => [code, count / ended])),
      },
    };
  }

  /** Forgets what a dependency's breaker explains by now. True while the breaker is not closed. */
  #isExplained(dependency: string): boolean {
    const health = this.#ports.dependencies.get(dependency);
    if (health === undefined) return false;
    if (this.#generations.get(dependency) !== health.generation) {
      this.#generations.set(dependency, health.generation);
      for (const { failed } of this.#slices.all) failed.delete(dependency);
    }
    return !health.closed;
  }

  #codeOf(code: string): string {
    if (this.#codes.has(code)) return code;
    if (this.#codes.size >= MAXIMUM_CODES) return OTHER;
    this.#codes.add(code);
    return code;
  }

  #sum(): { completed: number; failed: number; byCode: Map<string, number> } {
    let completed = 0;
    let failed = 0;
    const byCode = new Map<string, number>();
    for (const slice of this.#slices.all) {
      completed += slice.completed;
      for (const codes of slice.failed.values())
        for (const [code, count] of codes) {
          failed += count;
          byCode.set(code, (byCode.get(code) ?? 0) + count);
        }
    }
    return { completed, failed, byCode };
  }
}

function mostFrequent(byCode: ReadonlyMap<string, number>): { readonly mostFrequentCode?: string } {
  let most: string | undefined;
  for (const [code, count] of byCode) if (most === undefined || count > byCode.get(most)!) most = code;
  return most === undefined ? {} : { mostFrequentCode: most };
}
