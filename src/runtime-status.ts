import type { ControlStatus } from "./control/control-plane.ts";
import type { Measurements } from "./control/measurements.ts";
import type { LimitAdaptation } from "./dependencies/adaptive-limit.ts";
import type { PoolCounts } from "./queue/journal.ts";
import { sumCounts } from "./storage/pool-counts.ts";
import type { StorageState } from "./queue/storage-health.ts";
import type { RuntimeParts } from "./runtime-assembly.ts";

/** `storage_lost`: it was running and can put nothing on disk any more: not ready, and only a restart helps. */
export type RuntimePhase = "opened" | "running" | "storage_lost" | "stopping" | "stopped";

/** A snapshot for people and probes. Everything in it is measured. */
export interface RuntimeStatus {
  readonly phase: RuntimePhase;
  readonly storage: StorageState;
  readonly control: ControlStatus;
  readonly isMonitoring: boolean;
  /** What the sensors measured last; absent before the first time. */
  readonly measurements?: Measurements;
  readonly queue: {
    /** Rows per state, over all pools. */
    readonly counts: PoolCounts;
    readonly waitingBytes: number;
    readonly freeDiskBytes: number;
    readonly pendingSubmits: number;
    readonly inFlight: number;
  };
  readonly dependencies: readonly {
    readonly name: string;
    readonly inUse: number;
    /** The concurrency limit in force: of what is configured, what slow start, adaption and policy leave. */
    readonly limit: number;
    readonly configuredLimit: number;
    /** Where the limit has adapted to what the dependency bears, and why; absent while it is as configured. */
    readonly adapted?: LimitAdaptation;
    readonly consecutiveFailures: number;
    readonly windowCalls: number;
    readonly windowFailures: number;
  }[];
  /** Operations that ended while a mode other than normal was in force, over all processes. */
  readonly operationsProcessedWhileDegraded: number;
  /** Operations ended by this process. */
  readonly ended: {
    readonly completed: number;
    readonly replayed: number;
    readonly failed: number;
    readonly dead: number;
  };
}

/** Everything as it is now. */
export function runtimeStatus(
  { control, journal, registry, submitter, dispatcher, clock, events, storage, monitoring, record }: RuntimeParts,
  phase: RuntimePhase,
): RuntimeStatus {
  const nowMs = clock.monotonicMs();
  const { measurements } = monitoring;
  return {
    phase,
    storage: storage.state,
    control: control.status(),
    isMonitoring: monitoring.running,
    ...(measurements === undefined ? {} : { measurements }),
    queue: {
      counts: sumCounts(journal.counts.values()),
      waitingBytes: journal.waitingBytes,
      freeDiskBytes: journal.freeDiskBytes,
      pendingSubmits: submitter.pendingSubmits,
      inFlight: dispatcher.runsInFlight,
    },
    dependencies: [...registry.dependencies.values()].map(({ name, limit, counters }) => ({
      name,
      inUse: limit.inUse,
      limit: limit.current(nowMs),
      configuredLimit: limit.configured,
      ...(limit.adaptation === undefined ? {} : { adapted: limit.adaptation }),
      consecutiveFailures: counters.consecutiveFailures,
      windowCalls: counters.windowCalls,
      windowFailures: counters.windowFailures,
    })),
    operationsProcessedWhileDegraded: record.counters.totals.operationsProcessedWhileDegraded,
    ended: events.ended,
  };
}
