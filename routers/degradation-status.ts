import type { BreakerStatus } from "../src/control/control-plane.ts";
import type { RuntimeStatus } from "../src/runtime.ts";
import type { DegradationStatus } from "./schemas/degradation-status.ts";

/** The runtime's snapshot in the words of the wire. Nothing is computed here that the runtime does not know. */
export function degradationStatus({ phase, control, queue, dependencies, ended }: RuntimeStatus): DegradationStatus {
  const { policy, breakers, drains, incidents } = control;
  const [mostSevere] = policy.modes;
  const nextHealthCheckAt = earliest(breakers);
  const { ready, scheduled, blocked } = queue.counts;
  return {
    phase,
    currentMode: mostSevere?.mode ?? "normal",
    ...(mostSevere !== undefined && { since: mostSevere.since }),
    activeTriggers: policy.modes.flatMap(({ mode, step, dependency, since, cause }) =>
      // local_queue is `queueing` for exactly as long as the condition of its dependency is raised.
      mode === "local_queue" && step === "queueing" && dependency !== undefined
        ? [{ trigger: "circuit_breaker_open" as const, dependency, since, reason: cause.what, cause }]
        : [],
    ),
    operationsQueued: ready + scheduled + blocked,
    ...(nextHealthCheckAt !== undefined && { nextHealthCheckAt }),
    modes: policy.modes.map((mode) => ({ ...mode, reason: mode.cause.what })),
    dependencies: dependencies.map(({ name, ...measured }) => {
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
    }),
    drains: [...drains],
    incidents: [...incidents],
    queue: { ...queue.counts, waitingBytes: queue.waitingBytes, freeDiskBytes: queue.freeDiskBytes },
    ended,
  };
}

function earliest(breakers: readonly BreakerStatus[]): number | undefined {
  const planned = breakers.flatMap(({ nextProbeAt }) => nextProbeAt ?? []);
  return planned.length === 0 ? undefined : Math.min(...planned);
}
