import fc from "fast-check";
import { type Command, command, NAMES } from "./day.ts";

/* What dependencies, callers and persons do to breakers, drains and incidents on a random day. */

const name = fc.constantFrom(...NAMES);
const shortTime = fc.constantFrom(10, 200, 1_000, 5_000, 30_000);

export const outageCommands: fc.Arbitrary<Command> = fc.oneof(
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
);
