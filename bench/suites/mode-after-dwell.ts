import { join } from "node:path";
import { createRuntime, defineOperation, type Runtime, silentLogger } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { watchForeignCpu } from "../harness/foreign-cpu.ts";
import { median } from "../harness/median.ts";
import { keepCalling } from "../harness/offered.ts";
import { policyWhere } from "../harness/policy-state.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * How soon a mode is in force after its dwell: a sensor reads that memory is exhausted and goes on reading it, and from
 * the moment of the first such reading, and the dwell, until the policy contains the mode. At rest, and while 64 callers
 * submit to the embedded graph as fast as they are answered.
 */

const CALLERS = 64;
const DWELL_MS = 100;
const EXHAUSTED = 0.99;
const PLENTY = 0.1;

export async function* modeAfterDwell(context: SuiteContext): AsyncIterable<Finding> {
  const { folder, quick, progress } = context;
  const graph = embeddedGraph({ file: join(folder, "dwell-graph.db"), nodes: { Item: { key: "id" } } });
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string() }),
    dependsOn: { graph },
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  const memory = new PlannedMemory();
  await using runtime = await createRuntime({
    dataDirectory: join(folder, "dwell"),
    operations: [set],
    sensors: { memory: () => memory.read() },
    config: {
      sensing: { intervalMs: 30 },
      triggers: { memory_exhaustion: { enterDwellMs: DWELL_MS, leaveDwellMs: 0 } },
      modes: { restoreStepMs: 20 },
      concurrency: { slowStartMs: 0 },
    },
    logger: silentLogger,
  });
  const times = quick ? 2 : 20;
  progress("a mode after its dwell, at rest");
  yield* late("at rest", await overdueMs(runtime, memory, times));

  progress(`a mode after its dwell, under load of ${CALLERS} callers`);
  const foreignCores = watchForeignCpu();
  let next = 0;
  const stop = keepCalling(CALLERS, () => runtime.submit(set, { id: `item-${next++}` }));
  const loaded = await overdueMs(runtime, memory, times);
  const busy = foreignCores();
  await stop();
  yield* late(`under load of ${CALLERS} callers`, loaded, busy);
}

function* late(when: string, overdue: readonly number[], foreignCores?: number): Iterable<Finding> {
  const told = { unit: "ms", foreignCores } as const;
  yield { case: `a mode in force after its dwell, ${when}`, ours: median(overdue), ...told };
  const note = `of ${overdue.length}`;
  yield { case: `a mode in force after its dwell, ${when}: the latest`, ours: Math.max(...overdue), note, ...told };
}

/** How long after its dwell the mode was in force, so many times. */
async function overdueMs(runtime: Runtime, memory: PlannedMemory, times: number): Promise<number[]> {
  const overdue: number[] = [];
  for (let time = 0; time < times; time++) {
    await policyWhere(runtime, ({ modes }) => modes[0]?.mode === "normal");
    const exhaustedAt = memory.exhaust();
    await policyWhere(runtime, ({ modes }) =>
      modes.some(({ mode, step }) => mode === "memory_constrained" && step === "in_force"),
    );
    const inForceAt = performance.now();
    overdue.push(inForceAt - (await exhaustedAt) - DWELL_MS);
    memory.relieve();
  }
  await policyWhere(runtime, ({ modes }) => modes[0]?.mode === "normal");
  return overdue;
}

/** A reading of memory that is as the bench says. */
class PlannedMemory {
  #usage = PLENTY;
  #onExhausted: ((at: number) => void) | undefined;

  read(): number {
    this.#onExhausted?.(performance.now());
    this.#onExhausted = undefined;
    return this.#usage;
  }

  /** Resolves with the moment of the first reading that says so. */
  exhaust(): Promise<number> {
    this.#usage = EXHAUSTED;
    return new Promise((resolve) => (this.#onExhausted = resolve));
  }

  relieve(): void {
    this.#usage = PLENTY;
  }
}
