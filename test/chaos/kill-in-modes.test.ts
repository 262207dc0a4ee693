import { describe, expect, test } from "vitest";
import type { PartialRuntimeConfig } from "../../src/index.ts";
import { readEmbeddedLedger, until } from "../support/ledger.ts";
import { CALM, type Readings } from "./planted-readings.ts";
import { SerialCaller } from "./serial-caller.ts";
import { ServedPlace } from "./served-process.ts";
import { storedDeadline, storedPath, storedRecord, storedTransitions } from "./stored-control.ts";

const AT_ONCE = { enterDwellMs: 0, leaveDwellMs: 0 };

/** Modes come and go without a dwell, and give back in steps that are long enough to be killed in. */
const STEPPING: PartialRuntimeConfig = {
  modes: { restoreStepMs: 1_000 },
  triggers: {
    memory_exhaustion: AT_ONCE,
    high_error_rate: AT_ONCE,
    event_loop_overload: AT_ONCE,
    processing_timeout: AT_ONCE,
  },
};

const MODES: readonly {
  readonly mode: string;
  readonly readings: Partial<Readings>;
  readonly steps: readonly string[];
  /** What `deferred` work is answered while it is in force. */
  readonly answer: string;
}[] = [
  {
    mode: "reduced_performance",
    readings: { slowOperations: 5 },
    steps: ["restoring.concurrency", "restoring.deferred"],
    answer: "queued by trigger:processing_timeout",
  },
  {
    mode: "memory_constrained",
    readings: { memory: 0.97 },
    steps: ["restoring.concurrency", "restoring.low"],
    answer: "queued by trigger:memory_exhaustion",
  },
  {
    mode: "selective_processing",
    readings: { errorRate: 0.6 },
    steps: ["readmitting.normal", "readmitting.low"],
    answer: "queued by trigger:high_error_rate",
  },
  {
    mode: "emergency_mode",
    readings: { memory: 0.97, errorRate: 0.6, eventLoopDelayMs: 900 },
    steps: ["stepping_down"],
    answer: "refused (shed)",
  },
];

describe("SIGKILL in the middle of a mode", () => {
  test.each(MODES)(
    "$mode is in force for the first call that is answered again, and leaves by the steps that are left",
    async ({ mode, readings, steps, answer }) => {
      const place = await ServedPlace.open(STEPPING);
      const isStored = (step: string) =>
        until(`${mode} ${step} to be on disk`, () => storedRecord(place.dataDirectory, mode)?.state === step);
      let service = await place.start();
      // One caller over all lives: there is no moment in which nobody asks.
      const caller = new SerialCaller(place.port, "deferred");
      await caller.saw("completed");
      service.read(readings);
      await isStored("in_force");
      await caller.saw(answer);
      await service.kill();

      service = place.begin({ readings: { ...CALM, ...readings } });
      await caller.answered(5);
      expect(await service.steps()).toContain(`${mode} in_force`);
      service.read(CALM);
      for (const [index, step] of steps.entries()) {
        await isStored(step);
        await service.kill();
        const killedAt = Date.now();
        const deadline = storedDeadline(place.dataDirectory, mode);
        // Nobody observed a step that ended while nobody was there.
        await until("the step to be over by the wall clock", () => Date.now() > deadline);
        service = place.begin();
        await caller.answered(1);
        const next = steps[index + 1] ?? "dormant";
        await isStored(next);
        const left = storedTransitions(place.dataDirectory, mode).find(({ from, to }) => from === step && to === next);
        expect(left?.at).toBeGreaterThanOrEqual(service.begunAt + Math.max(0, deadline - killedAt));
      }
      await caller.saw("completed");
      await caller.stop();
      await until("what waited to be executed", async () => (await service.status()).operationsQueued === 0);

      expect(storedPath(place.dataDirectory, mode)).toEqual(["in_force", ...steps, "dormant"]);
      // It ran before and after, and never in between.
      expect(caller.phases.slice(0, 2)).toEqual(["completed", answer]);
      expect(caller.phases.filter((phase) => phase === "completed")).toHaveLength(2);
      expect(readEmbeddedLedger(place.graphFile).get("deferred")).toEqual(caller.acknowledged);
    },
  );
});
