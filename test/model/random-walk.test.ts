import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { registry } from "../../machines/index.ts";
import { FALLEN } from "../../src/control/recorder.ts";
import { type Command, Day, NAMES } from "./day.ts";
import { degradationCommands } from "./degradation-commands.ts";
import { outageCommands } from "./outage-commands.ts";
import { processCommands } from "./process-commands.ts";
import { recoveryCommands } from "./recovery-commands.ts";
import { leavesOf } from "./walk.ts";

/*
 * Random days of a control plane over three dependencies, on a virtual clock. What must hold is judged by what the
 * actors are and what the policy says, with none of the code that derives the one from the other.
 *
 * HOLDFAST_SEED repeats a run, HOLDFAST_WALKS sets how many there are.
 */

const SEED = Number(process.env["HOLDFAST_SEED"] ?? Date.now() % 2 ** 31);
const WALKS = Number(process.env["HOLDFAST_WALKS"] ?? 120);

/** Every state that was rested in or passed through, as `machine.state`, over all walks. */
const visits = new Map<string, number>();
const visit = (machine: string, state: string) =>
  visits.set(`${machine}.${state}`, (visits.get(`${machine}.${state}`) ?? 0) + 1);

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 30, arbitrary: outageCommands },
  { weight: 19, arbitrary: processCommands },
  { weight: 24, arbitrary: degradationCommands(NAMES) },
  { weight: 16, arbitrary: recoveryCommands },
);

/** Whatever happened: everything is healed, persons do their part, and time passes. */
async function allClear({ world, sensors, pins }: Day): Promise<void> {
  sensors.setAll("low");
  pins.release();
  Object.assign(world, { freed: 0.2, restartable: true, works: true, actionMs: () => 20 });
  world.plane.switchAutoRecovery(true, world.person("all clear"));
  for (const each of NAMES) {
    Object.assign(world.dependency(each), {
      up: true,
      misconfigured: false,
      staleConnections: false,
      verification: { ok: true, detail: "fine" },
      latencyMs: () => 20,
    });
    world.order("enable", each);
  }
  await sensors.pass(180_000);
  for (const each of NAMES) world.plane.acceptDrain(each, world.person("all clear"));
  pins.release();
  // The longest leave dwell of one that flaps, and two steps of a mode.
  await sensors.pass(600_000);
}

function expectNormal({ world }: Day): void {
  const { plane } = world;
  expect(world.modes()).toEqual(["normal"]);
  const status = plane.status();
  expect(status.actors.filter(({ falls, state }) => falls > 0 || state === FALLEN)).toEqual([]);
  for (const each of NAMES) {
    expect(world.state(`breaker:${each}`)).toBe("closed");
    expect(world.state(`drain:${each}`)).toBe("empty");
    expect(world.state(`local_queue:${each}`)).toBe("dormant");
    expect(world.admission(each)).toMatchObject({ state: "closed", decision: "run", backlogShare: 0 });
    expect(world.dependency(each).draining).toBe(0);
  }
  expect(status.incidents.filter(({ state, attempts }) => state !== "quiet" || attempts > 0)).toEqual([]);
  expect(status.triggers.filter(({ state, raised }) => state !== "clear" || raised)).toEqual([]);
  expect(status).toMatchObject({ pinState: "free" });
  for (const each of ["reduced_performance", "memory_constrained", "selective_processing", "emergency_mode"])
    expect(world.state(each)).toBe("dormant");
  const root = plane.actor("root");
  plane.stop();
  visit("root", String(root?.getSnapshot().value));
  expect(world.clock.pending).toBe(0);
}

describe(`random days (HOLDFAST_SEED=${SEED})`, () => {
  test("keep every promise, and end in normal when all is clear", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(20, 400, 2_000, 5_000), { minLength: 5, maxLength: 20 }),
        fc.array(commands, { minLength: 10, maxLength: 40 }),
        async (latencies, acts) => {
          const day = new Day(latencies, visit);
          day.world.start();
          visit("supervisor", String(day.world.plane.actor("supervisor")?.getSnapshot().value));
          day.check();
          for (const { act } of acts) {
            await act(day);
            day.sensors.sense();
            day.check();
          }
          await allClear(day);
          day.check();
          expectNormal(day);
        },
      ),
      { seed: SEED, numRuns: WALKS },
    );
  }, 120_000);

  // A walk that never gets anywhere is green whatever is broken.
  test("have seen every state of the registry", () => {
    const unseen = registry.flatMap(({ name: machine, machine: { root } }) =>
      leavesOf({ root } as never)
        .map((state) => `${machine}.${state}`)
        .filter((state) => (visits.get(state) ?? 0) < 3),
    );
    expect(unseen).toEqual([]);
  });

  afterAll(() => {
    if (process.env["HOLDFAST_WALK_COUNTS"] !== undefined)
      console.log(Object.fromEntries([...visits].toSorted(([a], [b]) => a.localeCompare(b))));
  });
});
