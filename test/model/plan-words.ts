import type { BreakerChanged } from "../../machines/contracts/breaker-events.ts";
import type { BreakerState } from "../../machines/contracts/breaker.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { DrainChanged, DrainState } from "../../machines/contracts/recovery-events.ts";

/* What the plans of several machines say: abstract events and outputs, at a fixed time. */

export const AT = 1_000;
export const cause: Cause = { actor: "plan", what: "the plan says so" };
export const told = { at: AT, cause };
export const condition = { kind: "dependency_unavailable", dependency: "graph" } as const;
export const raised = [{ condition, since: AT, cause }];
export const resume = { type: "resume", ...told, lostMs: 500 };
export const conditions = [
  { type: "conditions.told", ...told, raised },
  { type: "conditions.told", ...told, raised: [] },
];

export const breaker = (state: BreakerState, more: Partial<BreakerChanged> = {}): BreakerChanged => ({
  type: "breaker.changed",
  ...told,
  dependency: "graph",
  state,
  since: AT,
  generation: 1,
  alarmed: state !== "closed",
  probesFailed: 0,
  probedAt: AT,
  nextProbeAt: null,
  lastFailure: null,
  ...more,
});

export const drain = (state: DrainState): DrainChanged => ({
  type: "drain.changed",
  ...told,
  dependency: "graph",
  state,
  since: AT,
  watermark: 1,
  open: 1,
  remainder: null,
  dispute: null,
});

export const actions = [
  { at: AT, ok: true, detail: "fine" },
  { at: AT, ok: false, detail: "not fine" },
];

export const crash = { crashed: new Error("planted"), at: AT };
