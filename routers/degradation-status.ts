import type { ModeInForce } from "../machines/contracts/modes.ts";
import type { BreakerStatus } from "../src/control/control-plane.ts";
import type { RuntimeStatus } from "../src/runtime-status.ts";
import { ACTIVE_TRIGGERS, type DegradationStatus } from "./schemas/degradation-status.ts";

/** The runtime's snapshot in the words of the wire. Nothing is computed here that the runtime does not know. */
export function degradationStatus({
  phase,
  control,
  isMonitoring,
  measurements,
  queue,
  dependencies,
  operationsProcessedWhileDegraded,
  ended,
}: RuntimeStatus): DegradationStatus {
  const { policy, breakers, drains, incidents, autoRecovery, triggers, pinState } = control;
  const { pin, yielded } = policy;
  const [mostSevere] = policy.modes;
  const nextHealthCheckAt = earliest(breakers);
  const { ready, scheduled, blocked } = queue.counts;
  return {
    phase,
    currentMode: mostSevere?.mode ?? "normal",
    ...(mostSevere !== undefined && { since: mostSevere.since }),
    activeTriggers: activeTriggers(control),
    operationsQueued: ready + scheduled + blocked,
    operationsProcessedWhileDegraded,
    ...(nextHealthCheckAt !== undefined && { nextHealthCheckAt }),
    modes: policy.modes.map(withReason),
    pinState,
    ...(pin !== undefined && { pin }),
    ...(yielded !== undefined && { yielded: yielded.map(withReason) }),
    triggers,
    isMonitoring,
    ...(measurements !== undefined && { measurements }),
    dependencies: dependencyStatuses({ control, dependencies }),
    drains: [...drains],
    incidents,
    autoRecovery,
    queue: { ...queue.counts, waitingBytes: queue.waitingBytes, freeDiskBytes: queue.freeDiskBytes },
    ended,
  };
}

const withReason = (mode: ModeInForce) => ({ ...mode, reason: mode.cause.what });

type ActiveTrigger = DegradationStatus["activeTriggers"][number];

/** What is wrong now: lost dependencies, raised triggers, and a pin. */
function activeTriggers({ policy, triggers }: RuntimeStatus["control"]): ActiveTrigger[] {
  const { pin, modes, yielded = [] } = policy;
  const lost = [...modes, ...yielded].flatMap(({ mode, step, dependency, since, cause }): ActiveTrigger[] =>
    // local_queue is `queueing` for exactly as long as the condition of its dependency is raised.
    mode === "local_queue" && step === "queueing" && dependency !== undefined
      ? [{ trigger: "circuit_breaker_open", dependency, since, reason: cause.what, cause }]
      : [],
  );
  const raised = triggers.flatMap(({ trigger, raised: isRaised, raisedAt, since, raisedCause, cause }) => {
    const [name, dependency] = trigger.split(/:(.*)/s);
    const kind = ACTIVE_TRIGGERS.find((known) => known === name);
    const why = raisedCause ?? cause;
    return isRaised && kind !== undefined
      ? [
          {
            trigger: kind,
            since: raisedAt ?? since,
            reason: why.what,
            cause: why,
            ...(dependency !== undefined && { dependency }),
          },
        ]
      : [];
  });
  const pinned: ActiveTrigger[] =
    pin === undefined
      ? []
      : modes.slice(0, 1).map(({ since, cause }) => ({ trigger: "manual_override", since, reason: pin.reason, cause }));
  return [...lost, ...raised, ...pinned];
}

/** Each dependency as the policy sees it, with what its breaker says of itself. */
export function dependencyStatuses({
  control: { policy, breakers },
  dependencies,
}: Pick<RuntimeStatus, "control" | "dependencies">): DegradationStatus["dependencies"] {
  return dependencies.map(({ name, ...measured }) => {
    const admission = policy.dependencies[name];
    const breaker = breakers.find(({ dependency }) => dependency === name);
    const cause = admission?.cause ?? breaker?.cause ?? { actor: "start", what: "not probed yet" };
    return {
      name,
      state: admission?.state ?? "ownerless",
      decision: admission?.decision ?? "queue",
      reason: cause.what,
      cause,
      probesFailed: breaker?.probesFailed ?? 0,
      ...(breaker !== undefined && { since: breaker.since }),
      ...(admission?.nextProbeAt !== undefined && { nextProbeAt: admission.nextProbeAt }),
      ...(breaker?.lastFailure !== undefined && { lastFailure: breaker.lastFailure }),
      ...measured,
    };
  });
}

function earliest(breakers: readonly BreakerStatus[]): number | undefined {
  const planned = breakers.flatMap(({ nextProbeAt }) => nextProbeAt ?? []);
  return planned.length === 0 ? undefined : Math.min(...planned);
}
