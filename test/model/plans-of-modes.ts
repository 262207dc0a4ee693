import type { Condition } from "../../machines/contracts/conditions.ts";
import type { WalkPlan } from "./walk.ts";

/* The walks of the modes that answer to conditions of the whole service. */

const AT = 1_000;
const told = { at: AT, cause: { actor: "plan", what: "the plan says so" } };
const resume = { type: "resume", ...told, lostMs: 500 };

const conditions = (...raised: readonly Condition[]) => ({
  type: "conditions.told",
  ...told,
  raised: raised.map((condition) => ({ condition, since: AT, cause: told.cause })),
});

const memory = { kind: "memory_exhaustion" } as const;
const errors = { kind: "high_error_rate" } as const;
const queue = { kind: "queue_overflow" } as const;
const graph = { kind: "dependency_unavailable", dependency: "graph" } as const;
const search = { kind: "dependency_unavailable", dependency: "search" } as const;
const flapping = { kind: "connection_failures", dependency: "graph" } as const;

const plan = (events: readonly ReturnType<typeof conditions>[]): WalkPlan => ({
  inputs: [{ given: { restoreStepMs: 30_000 }, ...told, predecessor: null }],
  events: [...events, resume],
  see: ({ context }) => context.conditions,
});

const oneOrTwo = plan([conditions(errors), conditions(errors, queue), conditions()]);

export const modePlans: Readonly<Record<string, WalkPlan>> = {
  reduced_performance: oneOrTwo,
  memory_constrained: oneOrTwo,
  selective_processing: oneOrTwo,
  emergency_mode: plan([
    conditions(),
    conditions(memory, errors),
    // Many conditions, of two kinds.
    conditions(graph, search, flapping, errors),
    conditions(memory, errors, graph),
    conditions(memory, errors, queue, search),
  ]),
};
