import fc from "fast-check";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import { type Command, command, NAMES } from "./day.ts";

/* What befalls the process on a random day: crashes of actors, restarts, a corrected clock, and time. */

const name = fc.constantFrom(...NAMES);
const actorId = fc.oneof(
  fc.constantFrom("normal", "reduced_performance", "memory_constrained", "selective_processing", "emergency_mode"),
  fc.constantFrom("pin", ...SERVICE_CONDITION_KINDS.map((kind) => `trigger:${kind}`)),
  fc.constantFrom(
    "auto_recovery",
    "memory_relief",
    "worker_restart",
    ...SERVICE_CONDITION_KINDS.flatMap((kind) => [`incident:${kind}`, `page:incident:${kind}`]),
  ),
  fc
    .tuple(
      fc.constantFrom(
        "breaker",
        "trigger:connection_failures",
        "drain",
        "local_queue",
        "incident:dependency_unavailable",
        "incident:connection_failures",
        "probe_request",
        "reconnect",
      ),
      name,
    )
    .map((parts) => parts.join(":")),
);
const shortTime = fc.constantFrom(10, 200, 1_000, 5_000, 30_000);

export const processCommands: fc.Arbitrary<Command> = fc.oneof(
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
