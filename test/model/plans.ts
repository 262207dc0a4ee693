import { type AnyEventObject, fromPromise } from "xstate";
import { actions, AT, breaker, condition, conditions, crash, drain, resume, told } from "./plan-words.ts";
import { modePlans } from "./plans-of-modes.ts";
import { pinPlan } from "./plan-of-pin.ts";
import { recoveryPlans } from "./plans-of-recovery.ts";
import { triggerPlan } from "./plan-of-trigger.ts";
import type { WalkPlan } from "./walk.ts";

/** Abstract inputs, events and outputs for the walk of each machine: one of every sort that its guards tell apart. */

const failedProbe = {
  ok: false,
  at: AT,
  draw: 0,
  code: "ServiceUnavailable",
  message: "no answer",
  misconfigured: false,
  reconnect: false,
};
const probes = [
  { ok: true, at: AT, tookMs: 1 },
  failedProbe,
  { ...failedProbe, code: "Unauthorized", misconfigured: true },
];
const rules = { initialPauseMs: 100, maximumPauseMs: 1_000, maximumFalls: 2, windowMs: 10_000 };
const child = fromPromise(() => new Promise<never>(() => {}));

export const plans: Readonly<Record<string, WalkPlan>> = {
  breaker: {
    inputs: [1, 2].map((probesToClose) => ({
      given: {
        dependency: "graph",
        rules: {
          initialBreakMs: 1_000,
          breakFactor: 2,
          maximumBreakMs: 8_000,
          breakJitter: 0.2,
          misconfiguredProbeMs: 60_000,
          probesToClose,
        },
      },
      ...told,
      predecessor: null,
    })),
    events: ({ context }) => [
      { type: "calls.failed", ...told, generation: context.generation, misconfigured: false, draw: 0 },
      { type: "calls.failed", ...told, generation: context.generation, misconfigured: true, draw: 0 },
      { type: "calls.failed", ...told, generation: context.generation - 1, misconfigured: false, draw: 0 },
      { type: "probe.wanted", ...told, dependency: "graph" },
      { type: "breaker.force_open", ...told },
      { type: "breaker.disable", ...told },
      { type: "breaker.enable", ...told },
      resume,
    ],
    outputs: { probe: probes },
    see: ({ context: { passed, alarmed, passing, given } }) => [passed, alarmed, passing, given.rules.probesToClose],
  },
  normal: {
    inputs: [{ given: {}, ...told }],
    events: [
      { type: "modes.told", ...told, inForce: ["local_queue"] },
      { type: "modes.told", ...told, inForce: [] },
      resume,
    ],
    see: () => null,
  },
  local_queue: {
    inputs: [{ given: { dependency: "graph" }, ...told, predecessor: null }],
    events: [
      ...conditions,
      ...(["filling", "marking", "draining", "verifying", "empty", "disputed"] as const).map(drain),
      resume,
    ],
    see: ({ context: { drained } }) => drained,
  },
  ...modePlans,
  trigger: triggerPlan,
  pin: pinPlan,
  drain: {
    inputs: [{ given: { dependency: "graph" }, ...told, predecessor: null }],
    events: [
      breaker("closed"),
      breaker("disabled"),
      breaker("open"),
      breaker("probing"),
      { type: "drain.accept", ...told },
      resume,
    ],
    outputs: {
      readWatermark: [
        { at: AT, watermark: 9, open: 0, proof: "" },
        { at: AT, watermark: 9, open: 3, proof: "" },
      ],
      emptied: [{ at: AT, remainder: { held: 0, dead: 0, parked: 0 } }],
      verify: actions,
    },
    see: ({ context: { dispute, open } }) => [dispute !== null, open],
  },
  ...recoveryPlans,
  supervisor: {
    inputs: [{ given: { children: [{ id: "one", first: child, fresh: child }], rules, afterFall: false }, ...told }],
    events: [
      { type: "xstate.done.actor.one", actorId: "one", output: crash },
      { type: "xstate.error.actor.one", actorId: "one", error: new Error("planted") },
      { type: "restart.due", ...told, id: "one" },
      { type: "settled.due", ...told, id: "one" },
    ],
    see: ({ context: { falls } }) => Math.min(falls.one ?? 0, rules.maximumFalls + 1),
  },
  root: {
    inputs: [
      {
        given: {
          dependencies: ["graph"],
          listeners: [
            { id: "local_queue:graph", hears: ["drain:graph", "breaker:graph", "modes"], answersTo: [condition] },
          ],
          cast: ["breaker:graph"],
          supervisor: child,
          freshSupervisor: child,
          rules,
        },
        ...told,
      },
    ],
    events: [
      breaker("open"),
      breaker("closed"),
      drain("draining"),
      {
        type: "mode.changed",
        ...told,
        id: "local_queue:graph",
        mode: "local_queue",
        dependency: "graph",
        step: "queueing",
        since: AT,
        inForce: true,
        contribution: {},
      },
      { type: "condition.raised", ...told, condition },
      { type: "condition.cleared", ...told, condition },
      {
        type: "incident.changed",
        ...told,
        condition,
        step: "assessing",
        since: AT,
        attempts: 0,
        rung: null,
        remedies: [],
      },
      {
        type: "trigger.changed",
        ...told,
        trigger: "memory_exhaustion",
        condition: { kind: "memory_exhaustion" },
        state: "rising",
        since: AT,
        raised: false,
        raisedAt: null,
        failed: false,
        value: 0.95,
        definition: { enter: 0.9, exit: 0.7, enterDwellMs: 1_000, leaveDwellMs: 1_000 },
        deadline: AT + 1_000,
        dwellFactor: 1,
      },
      { type: "pin.changed", ...told, state: "free", since: AT, pin: null, revision: 0 },
      { type: "auto_recovery.changed", ...told, enabled: true, since: AT },
      { type: "actor.fallen", ...told, id: "breaker:graph", falls: 1, givenUp: false },
      { type: "actor.started", ...told, id: "breaker:graph" },
      { type: "actor.settled", ...told, id: "breaker:graph" },
      { type: "page.wanted", ...told, subject: "drain:graph" },
      { type: "probe.wanted", ...told, dependency: "graph" },
      { type: "control.ready", ...told },
      { type: "control.stop", ...told },
      { type: "xstate.done.actor.supervisor", actorId: "supervisor", output: crash },
      { type: "xstate.error.actor.supervisor", actorId: "supervisor", error: new Error("planted") },
      { type: "supervisor.due" },
      { type: "supervisor.settled" },
    ] satisfies AnyEventObject[],
    see: ({ context: { facts } }) => [
      Object.keys(facts.raised),
      facts.breakers.graph?.state,
      facts.falls["breaker:graph"]?.down,
    ],
  },
};
