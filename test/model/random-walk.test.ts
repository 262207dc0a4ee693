import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import { registry } from "../../machines/index.ts";
import type { OpenControlPlane } from "../../src/control/create-control-plane.ts";
import { FALLEN, stateName } from "../../src/control/recorder.ts";
import { defaultTriggers } from "../../config/triggers.ts";
import { World } from "./control-world.ts";
import { degradationCommands } from "./degradation-commands.ts";
import { judgeDegradation } from "./degradation-oracles.ts";
import { FakeSensors } from "./fake-sensors.ts";
import { PinKeeper } from "./pin-keeper.ts";
import { leavesOf } from "./walk.ts";

/*
 * Random days of a control plane over three dependencies, on a virtual clock. What must hold is judged by what the
 * actors are and what the policy says, with none of the code that derives the one from the other.
 *
 * HOLDFAST_SEED repeats a run, HOLDFAST_WALKS sets how many there are.
 */

const SEED = Number(process.env["HOLDFAST_SEED"] ?? Date.now() % 2 ** 31);
const WALKS = Number(process.env["HOLDFAST_WALKS"] ?? 120);
const NAMES = ["graph", "search", "mail"];

/** Every state that was rested in or passed through, as `machine.state`, over all walks. */
const visits = new Map<string, number>();
const visit = (machine: string, state: string) =>
  visits.set(`${machine}.${state}`, (visits.get(`${machine}.${state}`) ?? 0) + 1);

/** A tenth of the presets' patience, so that days are short. */
const triggers = Object.fromEntries(
  Object.entries(defaultTriggers).map(([kind, { enterDwellMs, leaveDwellMs }]) => [
    kind,
    { enterDwellMs: enterDwellMs / 10, leaveDwellMs: leaveDwellMs / 10 },
  ]),
);

class Day {
  readonly world: World;
  readonly sensors: FakeSensors;
  readonly pins: PinKeeper;
  readonly generations = new Map<string, number>();
  /** First breach of an oracle; thrown at the end of the command in which it happened. */
  breach: Error | undefined;
  #checking = false;

  constructor(latencies: readonly number[]) {
    let next = 0;
    this.world = new World(NAMES, { triggers }, (plane) => this.watch(plane));
    this.sensors = new FakeSensors(this.world);
    this.pins = new PinKeeper(this.world);
    for (const name of NAMES) this.world.dependency(name).latencyMs = () => latencies[next++ % latencies.length] ?? 20;
    this.world.draw = () => (next++ % 10) / 10;
  }

  watch(plane: OpenControlPlane): void {
    plane.onPolicy((policy) => {
      for (const [name, { generation }] of Object.entries(policy.dependencies)) {
        if (generation < (this.generations.get(name) ?? 0))
          this.breach ??= new Error(`${name}: generation went back to ${generation}`);
        this.generations.set(name, generation);
      }
    });
    plane.onTransition(({ machine, from, to }) => {
      const kind = machine.split(":")[0] ?? machine;
      visit(kind, from);
      visit(kind, to);
      visit("root", String(plane.actor("root")?.getSnapshot().value));
      // Within a cascade not everybody has heard yet; when it is over, everybody has.
      if (this.#checking) return;
      this.#checking = true;
      queueMicrotask(() => {
        this.#checking = false;
        if (this.world.plane === plane) this.judge();
      });
    });
  }

  judge(): void {
    const { plane } = this.world;
    if (plane.actor("root") === undefined) return;
    for (const name of NAMES) {
      const admission = plane.policy.dependencies[name];
      const breaker = plane.actor(`breaker:${name}`);
      const state = breaker === undefined ? "ownerless" : stateName(breaker.getSnapshot().value).split(".")[0];
      const runs = state === "closed" || state === "disabled";
      this.#must(admission?.state === state, `the policy says that ${name} is ${admission?.state}, but it is ${state}`);
      this.#must(
        admission?.decision === (runs ? "run" : "queue"),
        `${name} is ${state}, and the policy says ${admission?.decision}`,
      );
      if (breaker !== undefined)
        this.#must(
          admission?.generation === breaker.getSnapshot().context.generation,
          `${name}: the policy has another generation than the breaker`,
        );
      const queue = plane.actor(`local_queue:${name}`)?.getSnapshot().value;
      const lost = state === "open" || state === "misconfigured" || state === "forced_open";
      if (lost && queue !== undefined)
        this.#must(queue === "queueing", `${name} is ${state}, but its local queue is ${queue}`);
      this.#must(
        (admission?.backlogShare ?? 0) === 0 || queue === undefined || queue === "draining",
        `${name} keeps a share for a backlog while ${queue}`,
      );
      const drain = plane.actor(`drain:${name}`)?.getSnapshot().value;
      if (drain !== undefined && breaker !== undefined)
        this.#must(runs || drain === "filling", `${name} is ${state}, but its drain is ${drain}`);
    }
    judgeDegradation(plane, NAMES, this.sensors.triggers, (holds, otherwise) => this.#must(holds, otherwise));
    const lapsed = this.pins.breach();
    this.#must(lapsed === undefined, lapsed ?? "");
    this.#must(plane.policy.modes.length > 0 || plane.actor("normal") === undefined, "no mode is in force");
  }

  /** Judges, and says what was found. */
  check(): void {
    this.judge();
    if (this.breach !== undefined) throw this.breach;
  }

  #must(holds: boolean, otherwise: string): void {
    if (!holds) this.breach ??= new Error(`${otherwise}\n${this.#lately()}`);
  }

  #lately(): string {
    return this.world.transitions
      .slice(-15)
      .map(({ at, machine, from, to, event }) => `  ${this.world.since(at)} ${machine} ${from} -> ${to} (${event})`)
      .join("\n");
  }
}

type Act = (day: Day) => void | Promise<void>;

interface Command {
  readonly act: Act;
  /** What a counterexample shows. */
  readonly toString: () => string;
}

const command = (says: string, act: Act): Command => ({ act, toString: () => says });

const name = fc.constantFrom(...NAMES);
const actorId = fc.oneof(
  fc.constantFrom("normal", "reduced_performance", "memory_constrained", "selective_processing", "emergency_mode"),
  fc.constantFrom("pin", ...SERVICE_CONDITION_KINDS.map((kind) => `trigger:${kind}`)),
  fc
    .tuple(
      fc.constantFrom(
        "breaker",
        "trigger:connection_failures",
        "drain",
        "local_queue",
        "incident:dependency_unavailable",
        "reconnect",
      ),
      name,
    )
    .map((parts) => parts.join(":")),
);
const shortTime = fc.constantFrom(10, 200, 1_000, 5_000, 30_000);

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 24, arbitrary: degradationCommands(NAMES) },
  { weight: 4, arbitrary: name.map((d) => command(`${d} goes down, callers notice`, ({ world }) => world.lose(d))) },
  {
    weight: 2,
    arbitrary: name.map((d) =>
      command(`${d} goes down unnoticed`, ({ world }) => void (world.dependency(d).up = false)),
    ),
  },
  {
    weight: 4,
    arbitrary: name.map((d) =>
      command(
        `${d} comes up`,
        ({ world }) => void Object.assign(world.dependency(d), { up: true, misconfigured: false }),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: name.map((d) =>
      command(
        `${d}: late report`,
        ({ world }) => void world.failCalls(d, { generation: world.admission(d).generation - 1 }),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map((d) =>
      command(
        `${d}: stale connections`,
        ({ world }) => (Object.assign(world.dependency(d), { staleConnections: true }), void world.failCalls(d)),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: name.map((d) =>
      command(`${d}: wrong password`, ({ world }) => {
        Object.assign(world.dependency(d), { misconfigured: true, up: true });
        world.failCalls(d, { misconfigured: true });
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(name, fc.constantFrom(3, 300, 3_000)).map(([d, rows]) =>
      command(`${d}: ${rows} rows wait`, ({ world }) => {
        world.dependency(d).waiting += rows;
        world.dependency(d).watermark += rows;
      }),
    ),
  },
  // Macros: stories that chance alone would hardly ever tell.
  {
    weight: 3,
    arbitrary: fc.tuple(name, shortTime).map(([d, ms]) =>
      command(`${d}: outage with a backlog, relapse after ${ms} ms`, async ({ world }) => {
        world.lose(d);
        Object.assign(world.dependency(d), { waiting: 2_000, watermark: 2_000, up: true });
        await world.clock.advance(6_000);
        await world.clock.advance(ms);
        world.lose(d);
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: name.map((d) =>
      command(`${d}: a drain in doubt`, async ({ world }) => {
        world.lose(d);
        Object.assign(world.dependency(d), {
          waiting: 5,
          up: true,
          verification: { ok: false, detail: "one is missing" },
        });
        await world.seconds(30);
        world.dependency(d).verification = { ok: true, detail: "fine" };
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map((d) =>
      command(`${d}: a long outage`, async ({ world }) => (world.lose(d), await world.seconds(400))),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map((d) =>
      command(`${d}: an outage that a person takes over`, async ({ world }) => {
        Object.assign(world.dependency(d), { misconfigured: true, up: true });
        world.failCalls(d, { misconfigured: true });
        await world.seconds(90);
        world.acknowledge(d);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map((d) =>
      command(`accept ${d}'s drain`, ({ world }) => void world.plane.acceptDrain(d, world.person("fine"))),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map((d) => command(`take over ${d}'s incident`, ({ world }) => void world.acknowledge(d))),
  },
  {
    weight: 1,
    arbitrary: name.map((d) =>
      command(`ask ${d} for a probe`, ({ world }) => void world.plane.requestProbe(d, world.person("try"))),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, fc.constantFrom("force_open" as const, "disable" as const, "enable" as const))
      .map(([d, order]) => command(`${order} ${d}`, ({ world }) => void world.order(order, d))),
  },
  { weight: 4, arbitrary: actorId.map((id) => command(`${id} crashes`, ({ world }) => world.crash(id))) },
  {
    weight: 1,
    arbitrary: actorId.map((id) =>
      command(`${id} crashes eight times`, async ({ world }) => {
        for (let fall = 0; fall < 8; fall++) {
          world.crash(id);
          await world.seconds(7);
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("supervisor", "root")
      .map((id) => command(`${id} crashes`, ({ world }) => world.crash(id))),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 2_000, 600_000).map((ms) =>
      command(`restart with ${ms} ms of downtime`, async ({ world }) => {
        world.plane.stop();
        if (world.timers > 0) throw new Error("a stopped plane left timers behind");
        await world.restart(ms);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(-3_600_000, 3_600_000)
      .map((ms) => command(`the wall clock jumps ${ms} ms`, ({ world }) => world.clock.jump(ms))),
  },
  { weight: 8, arbitrary: shortTime.map((ms) => command(`${ms} ms pass`, ({ world }) => world.clock.advance(ms))) },
  { weight: 1, arbitrary: fc.constant(command("ten minutes pass", ({ world }) => world.seconds(600))) },
);

/** Whatever happened: everything is healed, persons do their part, and time passes. */
async function allClear({ world, sensors, pins }: Day): Promise<void> {
  sensors.setAll("low");
  pins.release();
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
    expect(world.state(`incident:dependency_unavailable:${each}`)).toBe("quiet");
    expect(world.admission(each)).toMatchObject({ state: "closed", decision: "run", backlogShare: 0 });
    expect(world.dependency(each).draining).toBe(0);
  }
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
          const day = new Day(latencies);
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
