import { z } from "zod";
import { HoldfastError } from "../src/errors.ts";
import { changeOf } from "./change.ts";
import { follow } from "./follow.ts";
import { changeSchema } from "./schemas/change.ts";
import { followInputSchema } from "./schemas/common.ts";
import {
  actorIdSchema,
  boundsInputSchema,
  liveActorSchema,
  liveActorWithEventsSchema,
  machineDefinitionsSchema,
  momentInputSchema,
  pastMomentSchema,
  transitionBoundsSchema,
  transitionPageSchema,
  transitionsInputSchema,
} from "./schemas/machine.ts";
import { procedure, router } from "./trpc.ts";

/** The statecharts, live and in the past. Looking changes nothing. */
export const machinesRouter = router({
  definitions: procedure(
    "machine.read",
    "GET /api/v4/machines/definitions",
    "Every statechart, as it is drawn: states, edges, guards and actions by name. Always the same.",
  )
    .output(machineDefinitionsSchema)
    .query(({ ctx: { runtime } }) => runtime.machines.definitions),

  actors: procedure("machine.read", "GET /api/v4/machines/actors", "Everybody who lives, or has fallen, as they are.")
    .output(z.array(liveActorSchema).readonly())
    .query(({ ctx: { runtime } }) => runtime.machines.actors()),

  actor: procedure(
    "machine.read",
    "GET /api/v4/machines/actors/{id}",
    "One actor, which events are possible now, and what each guard says to them. Nothing is sent.",
  )
    .input(z.strictObject({ id: actorIdSchema }))
    .output(liveActorWithEventsSchema)
    .query(({ ctx: { runtime }, input: { id } }) => {
      const found = runtime.machines.actor(id);
      if (found === undefined)
        throw new HoldfastError("not_found", "There is no such actor now; machines.actors tells who there is.");
      return found;
    }),

  watch: procedure(
    "machine.read",
    "GET /api/v4/machines/watch",
    "Every transition as it happens, with the edge that was taken. Goes on after the last one received, without gap or double, also after a restart.",
    { events: changeSchema },
  )
    .input(followInputSchema)
    .subscription(({ ctx: { runtime }, input: { lastEventId }, signal }) =>
      follow(runtime.feeds.transitions, changeOf, lastEventId, signal),
    ),

  transitions: procedure(
    "machine.read",
    "GET /api/v4/machines/transitions",
    "Stored transitions by time, of all actors or of one, in pages in either direction.",
    { reasons: ["invalid_cursor"] },
  )
    .input(transitionsInputSchema)
    .output(transitionPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.machines.transitions(input)),

  at: procedure(
    "machine.read",
    "GET /api/v4/machines/at",
    "Everybody as they were at a moment, the modes in force then, and what changed next.",
    { reasons: ["invalid_cursor"] },
  )
    .input(momentInputSchema)
    .output(pastMomentSchema)
    .query(({ ctx: { runtime }, input: { at, place } }) =>
      runtime.machines.at(place === undefined ? { at: at ?? 0 } : { place }),
    ),

  bounds: procedure(
    "machine.read",
    "GET /api/v4/machines/bounds",
    "When the first and the last stored transition were, and how many fall into each of so many spans: for a scrubber.",
  )
    .input(boundsInputSchema)
    .output(transitionBoundsSchema)
    .query(({ ctx: { runtime }, input }) => runtime.machines.bounds(input)),
});
