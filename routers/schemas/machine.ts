import { z } from "zod";
import { MODES } from "../../machines/contracts/modes.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";

/** `breaker:graph`, `pin`: an actor. */
export const actorIdSchema = z.string().min(1).max(256);

const edgeKindSchema = z.enum(["event", "after", "always", "done", "error"]);

const stateSchema = z.object({
  /** Its path: `misconfigured.waiting`. */
  id: z.string(),
  parent: z.string().exactOptional(),
  type: z.enum(["atomic", "compound", "parallel", "final", "history"]),
  initial: z.boolean(),
  final: z.boolean(),
  description: z.string().exactOptional(),
  tags: z.array(z.string()).readonly(),
  invokes: z.array(z.string()).readonly(),
});

const edgeSchema = z.object({
  /** `source#event#i`; what `watch` and stored transitions call `edge`. */
  id: z.string(),
  /** `*`: any state. */
  source: z.string(),
  /** Null: no state is left, only actions run. */
  target: z.string().nullable(),
  /** For `after` the delay, for `done` and `error` the actor's name; empty for `always`. `resume` is a restart's. */
  event: z.string(),
  kind: edgeKindSchema,
  guard: z.string().exactOptional(),
  actions: z.array(z.string()).readonly(),
  reenters: z.boolean(),
  description: z.string().exactOptional(),
});

/** A statechart, as it is drawn. */
export const machineDefinitionSchema = z.object({
  id: z.string(),
  title: z.string(),
  howMany: z.string(),
  prose: z.string(),
  states: z.array(stateSchema).readonly(),
  edges: z.array(edgeSchema).readonly(),
});

export const machineDefinitionsSchema = z.array(machineDefinitionSchema).readonly();

/** An actor as it is now. */
export const liveActorSchema = z.object({
  id: z.string(),
  /** The id of its definition. */
  machine: z.string(),
  /** Active states, outermost first; empty while it has fallen. */
  state: z.array(z.string()).readonly(),
  since: wallTimeSchema,
  deadline: wallTimeSchema.exactOptional(),
  cause: causeSchema,
  /** What it knows, as far as a person can read it. Numbers of moments are wall times. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The actor that needs it, where it lives only for that one. */
  invokedBy: z.string().exactOptional(),
  restarts: z.number(),
  fallen: z.boolean(),
});

/** What may happen next: the first edge whose guard holds is taken. Nothing was sent to find out. */
const possibleEventSchema = z.object({
  event: z.string(),
  kind: edgeKindSchema,
  edges: z
    .array(
      z.object({
        edge: z.string(),
        target: z.string().nullable(),
        guard: z.string().exactOptional(),
        holds: z.union([z.boolean(), z.literal("depends on the event")]),
      }),
    )
    .readonly(),
  possible: z.boolean(),
});

export const liveActorWithEventsSchema = liveActorSchema.extend({ events: z.array(possibleEventSchema).readonly() });

const placeSchema = z.string().max(64);

/** A stored transition, explained. */
export const pastTransitionSchema = z.object({
  /** `transition:12`: what `degradation.explain` takes. */
  eventId: z.string(),
  /** Where it stands: `after` of a page, or `place` of a moment. */
  place: placeSchema,
  at: wallTimeSchema,
  machine: z.string(),
  from: z.string(),
  to: z.string(),
  event: z.string(),
  edge: z.string().exactOptional(),
  cause: causeSchema,
  explanation: z.string(),
});

export const transitionsInputSchema = z
  .strictObject({
    from: wallTimeSchema.exactOptional(),
    to: wallTimeSchema.exactOptional(),
    machine: actorIdSchema.exactOptional(),
    order: z.enum(["newest", "oldest"]).exactOptional(),
    after: placeSchema.exactOptional(),
    limit: z.int().min(1).max(1_000).exactOptional(),
  })
  .default({});

export const transitionPageSchema = z.object({
  rows: z.array(pastTransitionSchema).readonly(),
  next: placeSchema.exactOptional(),
});

/** A wall time, or the place of a transition: right after it. */
export const momentInputSchema = z
  .strictObject({ at: wallTimeSchema.exactOptional(), place: placeSchema.exactOptional() })
  .refine(({ at, place }) => (at === undefined) !== (place === undefined), "give either at or place");

export const pastMomentSchema = z.object({
  at: wallTimeSchema,
  currentMode: z.enum(MODES),
  modes: z.array(z.object({ mode: z.enum(MODES), machine: z.string() })).readonly(),
  actors: z
    .array(
      z.object({
        id: z.string(),
        machine: z.string(),
        state: z.array(z.string()).readonly(),
        fallen: z.boolean(),
        /** Absent where no transition of it is stored from before that moment. */
        since: wallTimeSchema.exactOptional(),
        eventId: z.string().exactOptional(),
        cause: causeSchema.exactOptional(),
      }),
    )
    .readonly(),
  previous: pastTransitionSchema.exactOptional(),
  next: pastTransitionSchema.exactOptional(),
});

export const boundsInputSchema = z
  .strictObject({
    from: wallTimeSchema.exactOptional(),
    to: wallTimeSchema.exactOptional(),
    buckets: z.int().min(1).max(200).exactOptional(),
  })
  .default({});

/** For a scrubber. Null where nothing is stored. */
export const transitionBoundsSchema = z
  .object({
    first: wallTimeSchema,
    last: wallTimeSchema,
    /** A count of `countedTo`: that many or more. */
    buckets: z.array(z.object({ from: wallTimeSchema, count: z.number() })).readonly(),
    countedTo: z.number(),
  })
  .nullable();
