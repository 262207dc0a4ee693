import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Facts } from "../../machines/facts.ts";
import type { ControlStatus } from "./control-plane.ts";
import type { ControlTime } from "./control-time.ts";

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
  { wall }: ControlTime,
): ControlStatus => ({
  policy,
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
  incidents: Object.values(facts.incidents).map(({ condition: { kind, dependency }, step, since, attempts }) => ({
    condition: kind,
    ...(dependency === undefined ? {} : { dependency }),
    state: step,
    since: wall(since),
    attempts,
  })),
  actors: actors.map(({ id, state }) => ({
    id,
    state,
    falls: facts.falls[id]?.falls ?? 0,
    givenUp: facts.falls[id]?.givenUp ?? false,
  })),
});
