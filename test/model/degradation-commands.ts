import fc from "fast-check";
import { MODES } from "../../machines/contracts/modes.ts";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import { type Command, command } from "./day.ts";
import type { Level } from "./fake-sensors.ts";

/* What sensors and persons do to triggers, modes and the pin on a random day. */

const kind = fc.constantFrom(...SERVICE_CONDITION_KINDS);
const level = fc.constantFrom<Level>("high", "high", "low", "low", "nothing", "failed");
const time = fc.constantFrom(100, 10_000, 30_000, 60_000);
const mode = fc.constantFrom(...MODES);
const length = fc.constantFrom(1_000, 30_000, 90_000, 1_200_000);

const definition = fc.constantFrom(
  { enter: 0.5, exit: 0.1, enterDwellMs: 5_000, leaveDwellMs: 5_000 },
  { enter: 10, exit: 1, enterDwellMs: 0, leaveDwellMs: 0 },
  { enter: 100, exit: 50, enterDwellMs: 20_000, leaveDwellMs: 1_000 },
  // Nothing is ever high.
  { enter: 10_000_000, exit: 2_000_000, enterDwellMs: 1_000, leaveDwellMs: 1_000 },
);

/** `trigger` may be of one dependency as well. */
export const degradationCommands = (dependencies: readonly string[]): fc.Arbitrary<Command> => {
  const trigger = fc.oneof(
    { weight: 3, arbitrary: kind },
    { weight: 1, arbitrary: fc.constantFrom(...dependencies).map((name) => `connection_failures:${name}`) },
  );
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(trigger, level, time)
        .map(([id, is, ms]) =>
          command(`${id} is ${is} for ${ms} ms`, async ({ sensors }) => (sensors.set(id, is), await sensors.pass(ms))),
        ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Level>("low", "nothing", "failed").chain((is) =>
        time.map((ms) =>
          command(`everything is ${is} for ${ms} ms`, async ({ sensors }) => {
            sensors.setAll(is);
            await sensors.pass(ms);
          }),
        ),
      ),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.uniqueArray(trigger, { minLength: 3, maxLength: 4 }), time).map(([ids, ms]) =>
        command(`a storm of ${ids.join(", ")}, and calm for ${ms} ms`, async ({ sensors }) => {
          for (const id of ids) sensors.set(id, "high");
          await sensors.pass(65_000);
          for (const id of ids) sensors.set(id, "low");
          await sensors.pass(65_000 + ms);
        }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(trigger, time).map(([id, ms]) =>
        command(`${id} flaps three times, ${ms} ms each`, async ({ sensors }) => {
          for (let flap = 0; flap < 3; flap++) {
            sensors.set(id, "high");
            await sensors.pass(ms);
            sensors.set(id, "low");
            await sensors.pass(ms);
          }
        }),
      ),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(trigger, definition)
        .map(([id, to]) =>
          command(
            `${id} is redefined: ${JSON.stringify(to)}`,
            ({ world }) => void world.plane.defineTrigger(id, to, world.person("changed it")),
          ),
        ),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(mode, length)
        .map(([is, ms]) => command(`${is} is pinned for ${ms} ms`, ({ pins }) => pins.set(is, ms))),
    },
    {
      weight: 1,
      arbitrary: mode.map((is) =>
        command(`${is} is pinned by somebody who is behind`, ({ pins }) =>
          pins.set(is, 60_000, (pins.revision ?? 9) - 1),
        ),
      ),
    },
    { weight: 1, arbitrary: fc.constant(command("the pin is released", ({ pins }) => pins.release())) },
    {
      weight: 1,
      arbitrary: fc.constant(
        command("somebody who is behind releases the pin", ({ pins }) => pins.release((pins.revision ?? 9) - 1)),
      ),
    },
    {
      weight: 1,
      arbitrary: mode.map((is) =>
        command(`${is} is pinned to its end`, async ({ pins, sensors }) => {
          pins.set(is, 90_000);
          await sensors.pass(100_000);
        }),
      ),
    },
  );
};
