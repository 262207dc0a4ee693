import type { Mode } from "../../machines/contracts/modes.ts";
import type { ModeTotals } from "./mode-counters.ts";

/** The seed's metrics; everything in it is measured. Times are wall times, lengths milliseconds. */
export interface DegradationMetrics extends ModeTotals {
  readonly currentMode: Mode;
  /** How long the current mode has been in force. */
  readonly timeInCurrentModeMs: number;
  /** Times that a mode other than normal came into force within 24 hours. */
  readonly degradationEventsIn24h: number;
  readonly operationsQueued: number;
  /** Something of what waits may be executed now. */
  readonly isQueueProcessing: boolean;
  readonly isAutoRecoveryOn: boolean;
  /** The next planned probe; absent where none is planned. */
  readonly nextHealthCheckAt?: number;
}

export interface MetricSources {
  readonly now: number;
  readonly totals: ModeTotals;
  readonly eventsIn24h: number;
  readonly modes: readonly { readonly mode: Mode; readonly since: number }[];
  /** Rows that wait: ready, scheduled, blocked. */
  readonly operationsQueued: number;
  /** Whether the policy lets any priority run. */
  readonly runsSomething: boolean;
  readonly dependencies: readonly { readonly decision: string; readonly nextProbeAt?: number }[];
  readonly canClaim: boolean;
  readonly isAutoRecoveryOn: boolean;
}

const DAY_MS = 86_400_000;

/** Since when events count as those of the last 24 hours. */
export const aDayBefore = (now: number): number => now - DAY_MS;

export function degradationMetrics(sources: MetricSources): DegradationMetrics {
  const { now, totals, eventsIn24h, modes, dependencies, runsSomething, canClaim } = sources;
  const [current] = modes;
  const planned = dependencies.flatMap(({ nextProbeAt }) => nextProbeAt ?? []);
  const reachable = dependencies.length === 0 || dependencies.some(({ decision }) => decision === "run");
  return {
    ...totals,
    currentMode: current?.mode ?? "normal",
    timeInCurrentModeMs: current === undefined ? 0 : Math.max(0, now - current.since),
    degradationEventsIn24h: eventsIn24h,
    operationsQueued: sources.operationsQueued,
    isQueueProcessing: canClaim && runsSomething && reachable,
    isAutoRecoveryOn: sources.isAutoRecoveryOn,
    ...(planned.length === 0 ? {} : { nextHealthCheckAt: Math.min(...planned) }),
  };
}
