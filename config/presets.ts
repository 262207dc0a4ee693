import { defaultTriggers } from "./triggers.ts";
import type { PartialRuntimeConfig, RuntimeConfig } from "./types.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1_024;
const MIB = 1_024 * KIB;
const GIB = 1_024 * MIB;

/** What holds where nothing else is said. */
export const defaultConfig: RuntimeConfig = deepFreeze({
  operations: {
    answerWithinMs: 5 * SECOND,
    attemptTimeoutMs: 30 * SECOND,
    expiresAfterMs: 7 * DAY,
    retry: { maximumAttempts: 5, initialPauseMs: 100, maximumPauseMs: 30 * SECOND },
    maximumInputBytes: MIB,
    maximumValueBytes: 16 * KIB,
    idempotencyTtlMs: DAY,
    interruptionsBeforeAlone: 3,
    maximumInterruptions: 10,
    maximumAbandonedRuns: 32,
  },
  queue: {
    maximumRows: 10_000_000,
    maximumBytes: 2 * GIB,
    maximumPendingSubmits: 16_384,
    maximumPendingBytes: 64 * MIB,
    minimumFreeDiskBytes: 256 * MIB,
    claimRows: 512,
    claimBytes: 4 * MIB,
    runRows: 64,
    batchesInFlight: 3,
    commitRows: 4_096,
    commitBytes: 4 * MIB,
    endedRetentionMs: DAY,
  },
  storage: {
    walAutocheckpointPages: 4_000,
    pageCacheBytes: 8 * MIB,
    maximumRestarts: 5,
    restartWindowMs: MINUTE,
    initialRestartPauseMs: 100,
    maximumRestartPauseMs: 5 * SECOND,
    verifyTimeoutMs: 5 * SECOND,
  },
  breaker: {
    consecutiveFailures: 5,
    failureRate: 0.5,
    minimumCalls: 20,
    windowMs: 10 * SECOND,
    initialBreakMs: SECOND,
    breakFactor: 2,
    maximumBreakMs: 30 * SECOND,
    breakJitter: 0.2,
    probeTimeoutMs: 5 * SECOND,
    probesToClose: 1,
    misconfiguredProbeMs: MINUTE,
  },
  concurrency: {
    limit: 64,
    slowStartLimit: 4,
    slowStartMs: 2 * SECOND,
    abandonAfterMs: 30 * SECOND,
    adaptive: true,
    minimumLimit: 4,
    adaptWindowMs: 500,
    increase: 2,
    decreaseFactor: 0.75,
    latencyTolerance: 2,
    latencyRiseMs: 5,
    errorTolerance: 0.1,
  },
  supervision: { initialPauseMs: 100, maximumPauseMs: 30 * SECOND, maximumFalls: 5, windowMs: MINUTE },
  incident: {
    probesBeforeReconnect: 3,
    reconnectTimeoutMs: 10 * SECOND,
    maximumAttempts: 3,
    cooldownMs: MINUTE,
    autoRecovery: true,
    // The seed's figure for development; it has 180 s for staging and 120 s for production.
    pageAfterOutageMs: 5 * MINUTE,
    pageAfterMs: 5 * MINUTE,
    verifyMarginMs: MINUTE,
    reliefTimeoutMs: 30 * SECOND,
    reliefSettleMs: 5 * SECOND,
    reliefMinimumShare: 0.02,
    restartTimeoutMs: 30 * SECOND,
    pageCalls: 5,
    pageAnswerMs: MINUTE,
    pagePauseMs: 10 * MINUTE,
  },
  sensing: {
    intervalMs: SECOND,
    sensorTimeoutMs: 5 * SECOND,
    windowMs: MINUTE,
    minimumSample: 20,
    slowOperationMs: 10 * MINUTE,
  },
  triggers: defaultTriggers,
  modes: { restoreStepMs: 30 * SECOND },
  pin: { warnBeforeMs: MINUTE, maximumMs: 7 * DAY },
  alerts: { memoryUsage: 0.85, errorRate: 0.1, responseTimeMs: 10 * SECOND },
  stopWithinMs: 10 * SECOND,
});

/** The default with some settings changed, numbers checked for being finite and not negative, frozen. */
export function configure(changes: PartialRuntimeConfig = {}, base: RuntimeConfig = defaultConfig): RuntimeConfig {
  return deepFreeze(merge(base, changes, "")) as RuntimeConfig;
}

function merge(base: unknown, change: unknown, path: string): unknown {
  if (change === undefined) return base;
  if (typeof base === "object" && base !== null) {
    if (typeof change !== "object" || change === null)
      throw new RangeError(`${path} is a group of settings, not ${show(change)}`);
    for (const key of Object.keys(change))
      if (!Object.hasOwn(base, key))
        throw new RangeError(`there is no setting ${path}${key}; there are: ${Object.keys(base).join(", ")}`);
    return Object.fromEntries(
      Object.entries(base).map(([key, value]) => [
        key,
        merge(value, (change as Record<string, unknown>)[key], `${path}${key}.`),
      ]),
    );
  }
  if (typeof base === "boolean") {
    if (typeof change !== "boolean")
      throw new RangeError(`${path.slice(0, -1)} must be true or false, not ${show(change)}`);
    return change;
  }
  if (typeof change !== "number" || !Number.isFinite(change) || change < 0)
    throw new RangeError(`${path.slice(0, -1)} must be a finite number of at least 0, not ${show(change)}`);
  return change;
}

const show = (value: unknown): string =>
  value === null
    ? "null"
    : typeof value === "object" || typeof value === "function"
      ? `a value of type ${typeof value}`
      : JSON.stringify(value);

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
