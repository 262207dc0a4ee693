import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import {
  createRuntime,
  defineOperation,
  dependency,
  type PartialRuntimeConfig,
  type Priority,
} from "../../src/index.ts";
import { createVirtualClock } from "../../src/testing/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

/** Calls that the kitchen takes in a second. */
const CAPACITY = 10;
const THREE_TIMES_CAPACITY: readonly Priority[] = [
  ...Array.from({ length: 4 }, () => "critical" as const),
  ...Array.from({ length: 20 }, () => "normal" as const),
  ...Array.from({ length: 6 }, () => "low" as const),
];
const THIRTY_PERCENT: readonly Priority[] = ["critical", "normal", "low"];

const DWELL = { enterDwellMs: 3_000, leaveDwellMs: 3_000 };
const CONFIG: PartialRuntimeConfig = {
  sensing: { intervalMs: 1_000 },
  triggers: { queue_overflow: { enter: 30, exit: 15, ...DWELL } },
  modes: { restoreStepMs: 2_000 },
  concurrency: { limit: CAPACITY, slowStartMs: 0, adaptive: false },
};

/** A service with its own sensor of the queue over a real journal, whose kitchen takes `CAPACITY` calls a second. */
async function busyService() {
  const dataDirectory = join(temporaryFolder(), "data");
  const clock = createVirtualClock({ now: Date.now() });
  let second = Promise.withResolvers<void>();
  let inFlight = 0;
  let isStopping = false;
  let entered = 0;
  const kitchen = dependency({ name: "kitchen", probe: () => {} });
  const cook = defineOperation({
    name: "cook",
    version: 1,
    input: z.object({}),
    dependsOn: { kitchen },
    execute: async () => {
      inFlight += 1;
      if (!isStopping) await second.promise;
      inFlight -= 1;
    },
  });
  const start = async () => {
    isStopping = false;
    const started = await createRuntime({ dataDirectory, operations: [cook], config: CONFIG, clock });
    started.on("transition", ({ machine, to }) => {
      if (machine === "selective_processing" && to === "in_force") entered += 1;
    });
    return started;
  };
  let runtime = await start();
  const stop = async (): Promise<void> => {
    isStopping = true;
    second.resolve();
    await runtime.stop();
  };
  onTestFinished(stop);
  const ended = () => runtime.status().ended.completed;
  const service = {
    /** How often the mode has come. */
    get entered() {
      return entered;
    },
    step: () => runtime.policy.modes.find(({ mode }) => mode === "selective_processing")?.step ?? "dormant",
    queue: () => runtime.measurements()?.queue ?? undefined,
    /** One second: these arrive, what is in flight is answered, what may run takes its place, sensors are read. */
    async passes(arriving: readonly Priority[]): Promise<void> {
      await Promise.all(arriving.map((priority) => runtime.enqueue(cook, {}, { priority })));
      const due = ended() + inFlight;
      const answered = second;
      second = Promise.withResolvers();
      answered.resolve();
      await until("the calls in flight to end", () => ended() >= due);
      await clock.advance(1_000);
      await until("a reading", () => runtime.measurements()?.at === clock.now());
    },
    async passesUntil(what: string, arriving: readonly Priority[], isSo: () => boolean): Promise<void> {
      for (let seconds = 0; seconds < 300 && !isSo(); seconds++) await service.passes(arriving);
      if (!isSo()) throw new Error(`300 seconds passed without: ${what}`);
    },
    async restart(): Promise<void> {
      await stop();
      runtime = await start();
    },
  };
  return service;
}

describe("the way back from an overload", () => {
  test("comes to an end: what the mode held back is worked off, and brings the mode back no more", async () => {
    const service = await busyService();
    await service.passesUntil("an overload", THREE_TIMES_CAPACITY, () => service.entered === 1);
    // As long as more arrives than is worked off, the backlog grows beyond what was readmitted, and that is one.
    await service.passesUntil("an overload that lasts", THREE_TIMES_CAPACITY, () => service.entered === 2);
    expect(service.queue()!.depth).toBeGreaterThan(200);
    await service.passesUntil("all to be let in", THIRTY_PERCENT, () => service.step() === "dormant");
    // Far more than the threshold waits, and all of it is known to have been held back.
    const { depth, unexplainedDepth, readmittedDepth, oldestWaitingMs } = service.queue()!;
    expect(readmittedDepth).toBeGreaterThan(150);
    expect(unexplainedDepth + readmittedDepth).toBe(depth);
    expect(oldestWaitingMs).toBeGreaterThan(0);
    await service.passesUntil("the backlog to be done", THIRTY_PERCENT, () => service.queue()!.depth === 0);
    expect(service.queue()).toMatchObject({ unexplainedDepth: 0, readmittedDepth: 0, oldestWaitingMs: null });
    expect([service.entered, service.step()]).toEqual([2, "dormant"]);
  });

  test("goes on over a restart: the drain of the start explains what is left from before", async () => {
    const service = await busyService();
    await service.passesUntil("an overload", THREE_TIMES_CAPACITY, () => service.entered === 1);
    await service.passesUntil("all to be let in", THIRTY_PERCENT, () => service.step() === "dormant");
    expect(service.queue()!.readmittedDepth).toBeGreaterThan(50);
    await service.restart();
    await service.passes(THIRTY_PERCENT);
    expect(service.queue()!.depth).toBeGreaterThan(50);
    expect(service.queue()).toMatchObject({ unexplainedDepth: 0 });
    await service.passesUntil("the backlog to be done", THIRTY_PERCENT, () => service.queue()!.depth === 0);
    expect([service.entered, service.step()]).toEqual([1, "dormant"]);
  });
});
