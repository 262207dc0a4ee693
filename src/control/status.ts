import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import { conditionId } from "../../machines/contracts/conditions.ts";
import type { TriggerChanged } from "../../machines/contracts/triggers.ts";
import type { Facts } from "../../machines/facts.ts";
import type { TriggerStatus } from "./control-doors.ts";
import type { ControlStatus } from "./control-plane.ts";
import type { ControlTime } from "./control-time.ts";
import { wallPin } from "./wall-policy.ts";

/** What there is to see of one actor. */
export interface ActorView {
  readonly id: string;
  readonly state: string;
}

/** The control plane as a status shows it: the last facts, in wall time. */
export const statusOf = (
  policy: AdmissionPolicy,
  facts: Facts,
  actors: readonly ActorView[],
  valueOf: (trigger: string) => number | null,
  time: ControlTime,
  ladderOf: (condition: string) => readonly string[],
): ControlStatus => ({
  policy,
  triggers: Object.values(facts.triggers).map((told) =>
    triggerStatus(told, facts.raised[told.trigger]?.cause, valueOf(told.trigger), time),
  ),
  pinState: facts.pin?.state ?? "free",
  ...(facts.pin?.pin ? { pin: wallPin(facts.pin.pin, time) } : {}),
  ...partsOf(facts, actors, time, ladderOf),
});

const triggerStatus = (
  { trigger, state, since, failed, raised, raisedAt, cause, definition, deadline, dwellFactor }: TriggerChanged,
  raisedCause: Cause | undefined,
  value: number | null,
  { wall }: ControlTime,
): TriggerStatus => ({
  trigger,
  state,
  since: wall(since),
  failed,
  raised,
  cause,
  definition,
  dwellFactor,
  ...(raisedAt === null ? {} : { raisedAt: wall(raisedAt) }),
  ...(raised && raisedCause !== undefined ? { raisedCause } : {}),
  ...(value === null ? {} : { value }),
  ...(deadline === null ? {} : { deadline: wall(deadline) }),
});

const partsOf = (
  facts: Facts,
  actors: readonly ActorView[],
  { wall }: ControlTime,
  ladderOf: (condition: string) => readonly string[],
): Pick<ControlStatus, "breakers" | "drains" | "incidents" | "autoRecovery" | "actors"> => ({
  breakers: Object.values(facts.breakers).map(
    ({ dependency, state, since, generation, probesFailed, nextProbeAt, cause, lastFailure }) => ({
      dependency,
      state: facts.falls[`breaker:${dependency}`]?.down ? "ownerless" : state,
      since: wall(since),
      generation,
      probesFailed,
      cause,
      ...(nextProbeAt === null ? {} : { nextProbeAt: wall(nextProbeAt) }),
      ...(lastFailure === null
        ? {}
        : { lastFailure: { code: lastFailure.code, message: lastFailure.message, at: wall(lastFailure.at) } }),
    }),
  ),
  drains: Object.values(facts.drains).map(({ dependency, state, since, watermark, open }) => ({
    dependency,
    state,
    since: wall(since),
    ...(watermark === null ? {} : { watermark }),
    ...(open === null ? {} : { open }),
  })),
  incidents: Object.values(facts.incidents).map(
    ({ condition, condition: { kind, dependency }, step, since, attempts, rung, remedies, cause }) => ({
      condition: kind,
      ladder: ladderOf(conditionId(condition)),
      ...(dependency === undefined ? {} : { dependency }),
      state: step,
      since: wall(since),
      attempts,
      ...(rung === null ? {} : { rung }),
      remedies: remedies.map((tried) => ({
        ...tried,
        startedAt: wall(tried.startedAt),
        endedAt: tried.endedAt === null ? null : wall(tried.endedAt),
      })),
      cause,
    }),
  ),
  autoRecovery:
    facts.autoRecovery === null
      ? null
      : {
          enabled: facts.autoRecovery.enabled,
          since: wall(facts.autoRecovery.since),
          cause: facts.autoRecovery.cause,
        },
  actors: actors.map(({ id, state }) => ({
    id,
    state,
    falls: facts.falls[id]?.falls ?? 0,
    givenUp: facts.falls[id]?.givenUp ?? false,
  })),
});
