import fc from "fast-check";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import { type Command, command, NAMES } from "./day.ts";

/* What remedies find, and what persons do about incidents, on a random day. */

const condition = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<string>(...SERVICE_CONDITION_KINDS) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("dependency_unavailable", "connection_failures"), fc.constantFrom(...NAMES))
      .map((parts) => parts.join(":")),
  },
);
const remedied = fc.constantFrom("memory_exhaustion", "storage_unavailable");

export const recoveryCommands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(0, 0.01, 0.2)
      .map((freed) =>
        command(`a relief frees ${freed}`, ({ world }) => void Object.assign(world, { freed, memory: 0.95 })),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.boolean(), fc.boolean())
      .map(([restartable, works]) =>
        command(
          `the storage thread ${restartable ? "starts" : "does not start"} and ${works ? "works" : "does not work"}`,
          ({ world }) => void Object.assign(world, { restartable, works }),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(20, 2_000, 60_000)
      .map((ms) => command(`reliefs and restarts take ${ms} ms`, ({ world }) => void (world.actionMs = () => ms))),
  },
  {
    weight: 2,
    arbitrary: fc
      .boolean()
      .map((on) =>
        command(
          `auto recovery is switched ${on ? "on" : "off"}`,
          ({ world }) => void world.plane.switchAutoRecovery(on, world.person("wants it so")),
        ),
      ),
  },
  {
    weight: 3,
    arbitrary: condition.map((id) =>
      command(`a person takes over ${id}`, ({ world }) => {
        const paged = world.state(`incident:${id}`) === "paged";
        const answer = world.plane.acknowledgePage(id, world.person("took over"));
        if ((answer === "acknowledged") !== paged) throw new Error(`a page of ${id} was answered with ${answer}`);
      }),
    ),
  },
  // Macros: stories that chance alone would hardly ever tell.
  {
    weight: 3,
    arbitrary: fc.tuple(remedied, fc.boolean(), fc.constantFrom(1_000, 20_000, 200_000)).map(([id, helps, ms]) =>
      command(`${id} is met by a remedy that ${helps ? "helps" : "fails"} for ${ms} ms`, async ({ world, sensors }) => {
        const found = { freed: helps ? 0.2 : 0, restartable: helps, works: helps };
        Object.assign(world, { ...found, memory: 0.95, actionMs: () => 20 });
        world.plane.switchAutoRecovery(true, world.person("go on"));
        sensors.set(id, "high");
        await sensors.pass(40_000 + ms);
        sensors.set(id, "low");
        await sensors.pass(40_000);
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...NAMES).map((name) =>
      command(`${name} flaps, and is back when its incident asks for a probe`, async ({ world, sensors }) => {
        Object.assign(world.dependency(name), { up: true, misconfigured: false, staleConnections: false });
        world.plane.switchAutoRecovery(true, world.person("go on"));
        sensors.set(`connection_failures:${name}`, "low");
        await sensors.pass(120_000);
        // Its break is a second long, the trigger's dwell three.
        sensors.set(`connection_failures:${name}`, "high");
        await world.clock.advance(2_500);
        world.failCalls(name);
        await world.clock.advance(5_000);
        sensors.set(`connection_failures:${name}`, "low");
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: condition.map((id) =>
      command(`${id} stays until nobody answers any more`, async ({ world, sensors }) => {
        const [kind, name] = id.split(":");
        if (kind === "dependency_unavailable" && name !== undefined) world.lose(name);
        else sensors.set(id, "high");
        await sensors.pass(600_000);
      }),
    ),
  },
);
