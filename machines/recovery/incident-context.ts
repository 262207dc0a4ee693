import type { AutoRecoveryChanged } from "../contracts/auto-recovery-events.ts";
import type { BreakerChanged } from "../contracts/breaker-events.ts";
import { type Condition, conditionId, type ConditionsTold } from "../contracts/conditions.ts";
import type { Cause } from "../contracts/cause.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type { IncidentChanged, PageAcknowledged, RemedyName, RemedyTried } from "../contracts/recovery-events.ts";
import type { TriggerChanged } from "../contracts/triggers.ts";
import type { Story } from "../kit.ts";
import type { Ladder } from "./ladders.ts";
import type { PageRules } from "./page.machine.ts";

/* What an incident is given and keeps in mind, how it understands what it hears, and what it concludes. */

export interface IncidentGiven {
  readonly condition: Condition;
  readonly ladder: Ladder;
  /** Failed probes after which a breaker's outage needs a remedy. */
  readonly probesBeforeReconnect: number;
  readonly cooldownMs: number;
  /** How long a remedy that said it helped may take until the condition is gone; outlasts a trigger's leave dwell. */
  readonly verifyMs: number;
  readonly reconnectTimeoutMs: number;
  /** How long callbacks may take to have an effect on memory. */
  readonly reliefSettleMs: number;
  /** The share of memory that must have become free for a relief to be one, 0 to 1. */
  readonly reliefMinimumShare: number;
  readonly page: PageRules;
}

export interface IncidentInput {
  readonly given: IncidentGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen incident told: its attempts count on. */
  readonly predecessor: IncidentChanged | null;
}

export interface IncidentContext extends Story<IncidentGiven> {
  /** Remedies that did not help since the condition was last away: where on its ladder it stands. */
  readonly attempts: number;
  readonly remedies: readonly RemedyTried[];
  readonly deadline: number;
  /** When the condition has lasted so long that a person is called whatever is left to try. */
  readonly personDueAt: number | null;
  /** A person has taken over, or was called only because auto recovery is off. */
  readonly acknowledged: boolean;
  readonly heldBack: boolean;
  /** The levels last heard. */
  readonly raised: boolean;
  readonly enabled: boolean;
  /** Its trigger sees the condition going: only the dwell is left. */
  readonly falling: boolean;
  readonly breaker: BreakerHeard;
}

export type IncidentEvent =
  | ConditionsTold
  | BreakerChanged
  | TriggerChanged
  | AutoRecoveryChanged
  | PageAcknowledged
  | Resume;

/** What a breaker's word means for the ladder. */
export interface BreakerHeard {
  readonly passing: boolean;
  /** Several probes have failed, or the connections themselves are suspect. */
  readonly suspect: boolean;
  readonly misconfigured: boolean;
  /** A person holds it open. */
  readonly held: boolean;
}

/** The id of its actor. */
export const name = ({ given }: IncidentContext) => `incident:${conditionId(given.condition)}`;

export const bornFrom = ({ given, at, cause, predecessor }: IncidentInput): IncidentContext => {
  const remedies = predecessor?.remedies ?? [];
  const interrupted = remedies.at(-1)?.result === "at_work";
  return {
    given,
    since: at,
    cause,
    // A remedy that went down with its incident did not help.
    attempts: (predecessor?.attempts ?? 0) + (interrupted ? 1 : 0),
    remedies: interrupted ? concluded(remedies, { result: "failed", at, detail: "its incident crashed" }) : remedies,
    deadline: at,
    personDueAt: null,
    acknowledged: predecessor?.step === "acknowledged",
    heldBack: false,
    raised: false,
    enabled: true,
    falling: false,
    breaker: { passing: false, suspect: false, misconfigured: false, held: false },
  };
};

/** What the breaker, as just heard or as last heard, means. */
export const breakerHeard = ({ breaker, given }: IncidentContext, event: IncidentEvent): BreakerHeard => {
  if (event.type !== "breaker.changed") return breaker;
  const { state, lastFailure, probesFailed } = event;
  return {
    passing: state === "closed" || state === "disabled",
    suspect: state === "open" && (lastFailure?.reconnect === true || probesFailed >= given.probesBeforeReconnect),
    misconfigured: state === "misconfigured",
    held: state === "forced_open",
  };
};

/** Every level it is told. When the condition is away, how it was met is forgotten, but for the attempts. */
export const heard = (context: IncidentContext, event: IncidentEvent) => {
  const told = event.type === "conditions.told" ? event.raised.length > 0 : null;
  return {
    raised: told ?? context.raised,
    breaker: breakerHeard(context, event),
    falling: event.type === "trigger.changed" ? event.state === "falling" : context.falling,
    enabled: event.type === "auto_recovery.changed" ? event.enabled : context.enabled,
    ...(told === false ? { personDueAt: null, acknowledged: false, heldBack: false } : {}),
  };
};

/** The rung whose turn it is; null when none is left. */
export const rungOf = ({ given, attempts }: IncidentContext): RemedyName | null => given.ladder.rungs[attempts] ?? null;

/** Until when to wait for the condition to go by itself, from `at` on. */
export const patience = (context: IncidentContext, at: number): { deadline: number; personDueAt: number | null } => {
  const { ladder, cooldownMs } = context.given;
  const personDueAt = context.personDueAt ?? (ladder.personAfterMs === null ? null : at + ladder.personAfterMs);
  const { held, misconfigured, suspect } = context.breaker;
  if (held) return { deadline: at + (ladder.personAfterMs ?? cooldownMs), personDueAt: null };
  if (misconfigured || suspect || context.acknowledged) return { deadline: at, personDueAt };
  const remedyDueAt = rungOf(context) === null || ladder.remedyAfterMs === null ? null : at + ladder.remedyAfterMs;
  return { deadline: Math.max(at, remedyDueAt ?? personDueAt ?? at), personDueAt };
};

export type Need = "patience" | "acknowledged" | "person" | "auto_recovery" | RemedyName;

/** What a condition that has not gone by itself needs now, and why. */
export const needOf = (context: IncidentContext): { readonly need: Need; readonly why: string } => {
  const { given, breaker, personDueAt, deadline, enabled } = context;
  const rung = rungOf(context);
  if (breaker.held) return { need: "patience", why: "a person holds the breaker open" };
  if (context.acknowledged) return { need: "acknowledged", why: "a person has taken over already" };
  if (breaker.misconfigured) return { need: "person", why: "only a person can help" };
  const overdue = personDueAt !== null && deadline >= personDueAt;
  if (rung === null && overdue) return { need: "person", why: "it lasts, and no remedy can help" };
  if (rung === null) return { need: "person", why: "no remedy is left" };
  if (overdue) return { need: "person", why: `it has lasted ${given.ladder.personAfterMs} ms` };
  if (given.ladder.remedyAfterMs === null && !breaker.suspect)
    return { need: "patience", why: "its owner may yet heal it alone" };
  if (!enabled) return { need: "auto_recovery", why: "a remedy is due, and auto recovery is off" };
  return { need: rung, why: `${rung.replaceAll("_", " ")} is due` };
};

/** Enough to see what was tried; a bound for a condition that comes and goes for years. */
const REMEDIES_KEPT = 10;

export const begun = (remedies: readonly RemedyTried[], remedy: RemedyName, at: number): readonly RemedyTried[] => [
  ...remedies.slice(1 - REMEDIES_KEPT),
  { remedy, startedAt: at, endedAt: null, result: "at_work", detail: "" },
];

/** The last remedy's result is known now, or known better. */
export const concluded = (
  remedies: readonly RemedyTried[],
  { result, at, detail }: Pick<RemedyTried, "result"> & { readonly at: number; readonly detail?: string },
): readonly RemedyTried[] =>
  remedies.map((tried, index) =>
    index < remedies.length - 1
      ? tried
      : { ...tried, result, endedAt: tried.endedAt ?? at, detail: detail ?? tried.detail },
  );
