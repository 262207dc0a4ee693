import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  createRuntime,
  type Dependency,
  dependency,
  type PartialRuntimeConfig,
  type Random,
  type Runtime,
} from "../../src/index.ts";
import { createVirtualClock, type VirtualClock } from "../../src/testing/index.ts";
import { temporaryFolder } from "../support/ledger.ts";

/** A dependency without receipts whose health the test decides. */
export interface Search {
  readonly dependency: Dependency;
  /** How many times it was probed. */
  probes: number;
  /** What the next probes do; a promise that never settles is a probe under way. */
  probe: () => unknown;
}

export function search(name = "search"): Search {
  const found: { -readonly [Key in keyof Search]: Search[Key] } = {
    probes: 0,
    probe: () => {},
    dependency: dependency({
      name,
      probe: () => {
        found.probes += 1;
        return found.probe();
      },
    }),
  };
  return found;
}

/** Two failures in a row open a breaker, for ten seconds. */
export const TEN_SECOND_BREAK: PartialRuntimeConfig = {
  breaker: { consecutiveFailures: 2, initialBreakMs: 10_000, breakFactor: 1, breakJitter: 0, probeTimeoutMs: 60_000 },
  concurrency: { slowStartMs: 0 },
};

/** A runtime on a clock that stands still; with `dataDirectory`, the next process on the same data. */
export async function runtimeOver(
  searches: readonly Search[],
  options: {
    readonly config?: PartialRuntimeConfig;
    readonly clock?: VirtualClock;
    readonly dataDirectory?: string;
    readonly random?: Random;
  } = {},
) {
  const {
    config = TEN_SECOND_BREAK,
    clock = createVirtualClock(),
    dataDirectory = join(temporaryFolder(), "data"),
  } = options;
  const runtime = await createRuntime({
    dataDirectory,
    operations: [],
    dependencies: searches.map(({ dependency: each }) => each),
    config,
    clock,
    // Sensors read files and the disk, for which a clock that stands still does not wait.
    monitoring: false,
    ...(options.random === undefined ? {} : { random: options.random }),
  });
  onTestFinished(() => runtime.stop());
  const breaker = (name = "search") => runtime.status().control.breakers.find((each) => each.dependency === name)!;
  return { runtime, clock, dataDirectory, breaker, state: (name?: string) => breaker(name).state };
}

/** Fails often enough to open a breaker of `TEN_SECOND_BREAK`. */
export async function lose(runtime: Runtime, { dependency: each }: Search): Promise<void> {
  for (const _ of [1, 2]) await runtime.call(each, () => Promise.reject(new Error("down")));
}

/** A call that goes on until the test says how it ended. */
export function slowCall(runtime: Runtime, { dependency: each }: Search) {
  const end = Promise.withResolvers<string>();
  return { ...end, outcome: runtime.call(each, () => end.promise, { attemptTimeoutMs: 3_600_000 }) };
}
