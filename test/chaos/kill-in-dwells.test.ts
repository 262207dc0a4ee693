import { describe, expect, test } from "vitest";
import type { PartialRuntimeConfig } from "../../src/index.ts";
import { until } from "../support/ledger.ts";
import { CALM } from "./planted-readings.ts";
import { SerialCaller } from "./serial-caller.ts";
import { ServedPlace, type ServedProcess } from "./served-process.ts";
import { storedAlerts, storedDeadline, storedRecord, storedTransitions } from "./stored-control.ts";

const TRIGGER = "trigger:memory_exhaustion";
const QUEUED = "queued by trigger:memory_exhaustion";
const FULL = { ...CALM, memory: 0.97 };

const config: PartialRuntimeConfig = { modes: { restoreStepMs: 100 } };

/** A dwell set by a person while the service runs: it is part of what a restart must keep. */
const setDwells = async (service: ServedProcess, enterDwellMs: number, leaveDwellMs: number): Promise<void> => {
  const change = { enterDwellMs, leaveDwellMs };
  const answer = await service.mutate("degradation.configure", {
    trigger: "memory_exhaustion",
    reason: "short",
    change,
  });
  expect(answer).toMatchObject({ status: "configured", definition: change });
};

const stateOf = async (service: ServedProcess): Promise<string | undefined> =>
  (await service.status()).triggers.find(({ trigger }) => trigger === "memory_exhaustion")?.state;

/** Kills it in the middle of a dwell, and lets the rest of the dwell pass while nobody is there. */
async function killInDwell(place: ServedPlace, service: ServedProcess, state: "rising" | "falling") {
  await until(`${state} to be on disk`, () => storedRecord(place.dataDirectory, TRIGGER)?.state === state);
  const deadline = storedDeadline(place.dataDirectory, TRIGGER);
  await service.kill();
  const leftMs = deadline - Date.now();
  expect(leftMs).toBeGreaterThan(0);
  await until("the dwell to be over by the wall clock", () => Date.now() > deadline);
  return { leftMs };
}

describe("SIGKILL in the middle of a dwell", () => {
  test("invariant 7: a dwell to enter goes on with what is left of it, and calls run until it is over", async () => {
    const place = await ServedPlace.open(config);
    const first = await place.start();
    await setDwells(first, 2_000, 0);
    const caller = new SerialCaller(place.port, "low");
    await caller.saw("completed");
    first.read(FULL);
    const { leftMs } = await killInDwell(place, first, "rising");

    const second = place.begin({ readings: FULL });
    await second.ready();
    expect(await stateOf(second)).toBe("rising");
    expect(await second.steps()).not.toContain("memory_constrained in_force");
    await caller.saw(QUEUED);
    expect(await second.steps()).toContain("memory_constrained in_force");
    await caller.stop();
    expect(caller.phases).toEqual(["completed", QUEUED]);
    const raised = storedTransitions(place.dataDirectory, TRIGGER).filter(({ to }) => to === "raised");
    expect(raised).toHaveLength(1);
    expect(raised[0]?.at).toBeGreaterThanOrEqual(second.begunAt + leftMs);
  });

  test("invariant 7: a dwell to leave goes on with what is left of it, and calls wait until it is over", async () => {
    const place = await ServedPlace.open(config);
    const first = await place.start({ readings: FULL });
    await setDwells(first, 0, 2_000);
    await until("the mode", async () => (await first.steps()).includes("memory_constrained in_force"));
    const caller = new SerialCaller(place.port, "low");
    await caller.saw(QUEUED);
    first.read(CALM);
    const { leftMs } = await killInDwell(place, first, "falling");

    const second = place.begin();
    await second.ready();
    expect(await stateOf(second)).toBe("falling");
    expect(await second.steps()).toContain("memory_constrained in_force");
    await caller.saw("completed");
    await caller.stop();
    const [cleared] = storedTransitions(place.dataDirectory, TRIGGER).filter(({ from }) => from === "falling");
    expect(cleared).toMatchObject({ to: "clear" });
    expect(cleared?.at).toBeGreaterThanOrEqual(second.begunAt + leftMs);
    // Nothing ran in between, whoever asked and whenever.
    expect(caller.phases).toEqual([QUEUED, "completed"]);
  });

  test("an alert that was open is still open, once, and is resolved when its cause is gone", async () => {
    const place = await ServedPlace.open(config);
    const key = "condition:memory_exhaustion";
    const alerts = () => storedAlerts(place.dataDirectory, key);
    const first = await place.start({ readings: FULL });
    await setDwells(first, 0, 0);
    await until("the alert to be on disk", () => alerts().length > 0);
    const [opened] = alerts();
    await first.kill();

    const second = await place.start({ readings: FULL });
    const listed = async () =>
      ((await second.query("alerts.list", {})) as { rows: { id: number; key: string; status: string }[] }).rows.filter(
        (row) => row.key === key,
      );
    expect(await listed()).toMatchObject([{ id: opened?.id, status: "open" }]);
    const answer = await second.mutate("alerts.acknowledge", { id: opened?.id, reason: "looking" });
    expect(answer).toMatchObject({ status: "acknowledged" });
    await second.kill();

    const third = await place.start({ readings: FULL });
    expect(alerts()).toMatchObject([{ id: opened?.id, status: "acknowledged" }]);
    third.read(CALM);
    await until("it to be over", () => alerts().every(({ status }) => status === "resolved"));
    expect(alerts()).toMatchObject([{ id: opened?.id, occurrences: opened?.occurrences }]);
  });
});
