import { isCrash, nameError } from "../contain-errors.ts";
import type { BreakerChanged } from "../contracts/breaker-events.ts";
import type { Cause } from "../contracts/cause.ts";
import { conditionId, type ConditionsTold, type DependencyCondition } from "../contracts/conditions.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type { IncidentChanged, PageAcknowledged } from "../contracts/recovery-events.ts";
import { type Story, timeOf } from "../kit.ts";

/* What an incident is given and keeps in mind, and how it understands what it hears. */

export interface IncidentGiven {
  readonly condition: DependencyCondition;
  /** Failed probes after which a remedy is due. */
  readonly probesBeforeReconnect: number;
  readonly maximumAttempts: number;
  readonly cooldownMs: number;
  /** How long a remedy that said it helped may take until the condition is gone; outlasts a trigger's leave dwell. */
  readonly verifyMs: number;
  readonly reconnectTimeoutMs: number;
}

export interface IncidentInput {
  readonly given: IncidentGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen incident told: its attempts count on. */
  readonly predecessor: IncidentChanged | null;
}

export interface IncidentContext extends Story<IncidentGiven> {
  readonly attempts: number;
  readonly deadline: number;
  /** The levels last heard. */
  readonly raised: boolean;
  readonly remedyDue: boolean;
  readonly misconfigured: boolean;
}

export type IncidentEvent = ConditionsTold | BreakerChanged | PageAcknowledged | Resume;

/** What a remedy resolves to: its outcome, or its crash. */
export interface Remedy {
  readonly at: number;
  readonly helped: boolean;
  readonly detail: string;
}

const remedyOf = (output: unknown, due: number): Remedy => {
  if (isCrash(output)) return { at: output.at, helped: false, detail: `it crashed: ${nameError(output.crashed)}` };
  if (typeof output !== "object" || output === null)
    return { at: due, helped: false, detail: "it ended without a word" };
  return {
    at: timeOf(output, due),
    helped: "ok" in output && output.ok === true,
    detail: "detail" in output ? String(output.detail) : "",
  };
};

/** The id of its actor. */
export const name = ({ given }: IncidentContext) => `incident:${conditionId(given.condition)}`;

/** The remedy that has just ended, for the guards and actions that judge it. */
export const remedy = ({ context, event }: { context: IncidentContext; event: { output: unknown } }) =>
  remedyOf(event.output, context.since);

/** Its condition is raised, as just told or as last told. */
export function isRaised(context: IncidentContext, event: object & { readonly type?: string }): boolean {
  return "raised" in event && Array.isArray(event.raised) ? event.raised.length > 0 : context.raised;
}

/** What the breaker, as just heard or as last heard, means for the ladder. */
export function hears(context: IncidentContext, event: IncidentEvent): { remedyDue: boolean; misconfigured: boolean } {
  if (event.type !== "breaker.changed") return { remedyDue: context.remedyDue, misconfigured: context.misconfigured };
  const suspect = event.lastFailure?.reconnect === true || event.probesFailed >= context.given.probesBeforeReconnect;
  return { remedyDue: event.state === "open" && suspect, misconfigured: event.state === "misconfigured" };
}
