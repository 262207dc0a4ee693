import type { AutoRecoveryChanged } from "../../machines/contracts/auto-recovery-events.ts";
import type { Condition } from "../../machines/contracts/conditions.ts";
import type { IncidentChanged, RemedyName } from "../../machines/contracts/recovery-events.ts";
import type { TriggerChanged, TriggerState } from "../../machines/contracts/triggers.ts";
import type { IncidentGiven } from "../../machines/recovery/incident-context.ts";
import { ladderOf } from "../../machines/recovery/ladders.ts";
import { actions, AT, breaker, cause, conditions, crash, resume, told } from "./plan-words.ts";
import type { WalkPlan } from "./walk.ts";

/* The walks of incidents, of all that they invoke, and of the switch that holds them back. */

const trigger = (state: TriggerState): TriggerChanged => ({
  type: "trigger.changed",
  ...told,
  trigger: "memory_exhaustion",
  condition: { kind: "memory_exhaustion" },
  state,
  since: AT,
  raised: state === "raised" || state === "falling",
  raisedAt: null,
  value: 0.95,
  failed: false,
  definition: { enter: 0.9, exit: 0.7, enterDwellMs: 1_000, leaveDwellMs: 1_000 },
  deadline: null,
  dwellFactor: 1,
});

const switched = [true, false].map(
  (enabled): AutoRecoveryChanged => ({ type: "auto_recovery.changed", ...told, enabled, since: AT }),
);

const breakerProbed = [
  breaker("closed"),
  breaker("disabled"),
  breaker("probing"),
  breaker("open", { probedAt: AT - 1 }),
  breaker("open", { probedAt: AT + 1 }),
];

/** Newborn, and as successor of one that was acknowledged and of one that fell with a remedy at work. */
const incidentBorn = (condition: Condition, rungs?: readonly RemedyName[]) => {
  const ladder = ladderOf(condition.kind, { maximumAttempts: 2, pageAfterOutageMs: 300_000, pageAfterMs: 300_000 });
  const given: IncidentGiven = {
    condition,
    ladder: rungs === undefined ? ladder : { ...ladder, rungs },
    probesBeforeReconnect: 3,
    cooldownMs: 60_000,
    verifyMs: 10_000,
    reconnectTimeoutMs: 10_000,
    reliefSettleMs: 5_000,
    reliefMinimumShare: 0.02,
    page: { calls: 3, answerMs: 1_000, pauseMs: 5_000 },
  };
  const last: IncidentChanged = {
    type: "incident.changed",
    ...told,
    condition,
    step: "acknowledged",
    since: AT,
    attempts: 0,
    rung: null,
    remedies: [],
  };
  const fallen = { remedy: "reconnect", startedAt: AT, endedAt: null, result: "at_work", detail: "" } as const;
  return [null, last, { ...last, step: "attempting.reconnecting", remedies: [fallen] }].map((predecessor) => ({
    given,
    ...told,
    predecessor,
  }));
};

export const recoveryPlans: Readonly<Record<string, WalkPlan>> = {
  incident: {
    inputs: [
      ...(["dependency_unavailable", "connection_failures"] as const).flatMap((kind) =>
        incidentBorn({ kind, dependency: "graph" }),
      ),
      ...(["memory_exhaustion", "storage_unavailable", "high_error_rate"] as const).flatMap((kind) =>
        incidentBorn({ kind }),
      ),
      // No ladder of today ends with it.
      ...incidentBorn({ kind: "connection_failures", dependency: "graph" }, ["ask_for_probe"]),
    ],
    events: ({ context }) => [
      ...conditions,
      ...(context.given.condition.dependency === undefined
        ? []
        : [
            breaker("closed"),
            breaker("open", { probesFailed: 1 }),
            breaker("open", { probesFailed: 3 }),
            breaker("open", { lastFailure: { code: "SessionExpired", message: "", at: AT, reconnect: true } }),
            breaker("misconfigured"),
            breaker("forced_open"),
          ]),
      ...(context.given.condition.kind === "memory_exhaustion" ? [trigger("falling"), trigger("raised")] : []),
      ...(context.given.condition.kind === "storage_unavailable" ? [] : switched),
      { type: "page.acknowledge", ...told },
      resume,
    ],
    outputs: {
      probeRequest: [...actions, crash, undefined],
      reconnect: [...actions, crash, undefined],
      memoryRelief: [...actions, crash, undefined],
      workerRestart: [...actions, crash, undefined],
      page: [{ at: AT, ok: false, detail: "nobody answered" }, crash],
    },
    see: ({ context: { given, raised: isRaised, enabled, falling, heldBack, acknowledged, attempts, ...rest } }) => [
      given.condition.kind,
      given.ladder.rungs.length,
      isRaised,
      enabled,
      falling,
      heldBack,
      acknowledged,
      rest.breaker,
      attempts,
      rest.personDueAt === null ? null : rest.deadline >= rest.personDueAt,
    ],
  },
  probe_request: {
    inputs: [true, false].map((closed) => ({
      given: { dependency: "graph", timeoutMs: 10_000 },
      ...told,
      closed,
    })),
    events: breakerProbed,
    see: ({ context: { ok } }) => ok,
  },
  reconnect: {
    inputs: [true, false].map((closed) => ({
      given: { dependency: "graph", timeoutMs: 10_000 },
      ...told,
      closed,
    })),
    events: breakerProbed,
    outputs: { rebuild: actions },
    see: ({ context: { ok, closed } }) => [ok, closed],
  },
  memory_relief: {
    inputs: [{ given: { settleMs: 5_000, minimumShare: 0.02 }, ...told }],
    events: [],
    outputs: {
      relieve: [null, 0.9].flatMap((before) =>
        actions.flatMap((action) => [true, action.ok].map((tried) => ({ ...action, tried, before }))),
      ),
      measure: [null, 0.9, 0.885, 0.5].map((usage) => ({ at: AT, usage })),
    },
    see: ({ context: { before, ok, faults } }) => [before, ok, faults],
  },
  worker_restart: {
    inputs: [{ given: {}, ...told }],
    events: [],
    outputs: { restart: actions, verify: actions },
    see: ({ context: { ok } }) => ok,
  },
  page: {
    inputs: [
      {
        given: { subject: "incident:memory_exhaustion", rules: { calls: 3, answerMs: 1_000, pauseMs: 5_000 } },
        ...told,
      },
    ],
    events: [],
    see: ({ context: { calls } }) => calls,
  },
  auto_recovery: {
    inputs: [true, false].flatMap((enabled) =>
      [null, ...switched].map((predecessor) => ({ given: { enabled }, ...told, predecessor })),
    ),
    restored: [true, false].map((enabled) => ({
      value: enabled ? "enabled" : "disabled",
      context: { given: { enabled: !enabled }, since: AT, cause, bornEnabled: enabled, switched: false },
    })),
    events: [{ type: "auto_recovery.enable", ...told }, { type: "auto_recovery.disable", ...told }, resume],
    see: ({ context: { given, switched: byPerson } }) => [given.enabled, byPerson],
  },
};
