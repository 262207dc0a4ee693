import type { ConditionKind } from "../machines/contracts/conditions.ts";
import type { TriggerDefinition } from "../machines/contracts/triggers.ts";

/** How a dependency's breaker opens and closes. */
export interface BreakerSettings {
  /** Opens after this many counted failures in a row. */
  readonly consecutiveFailures: number;
  /** Opens when this share of the calls in the window failed, 0 to 1 … */
  readonly failureRate: number;
  /** … and the window holds at least this many calls. */
  readonly minimumCalls: number;
  /** Length of the sliding window, in milliseconds. */
  readonly windowMs: number;
  /** Pause before the first probe after opening. */
  readonly initialBreakMs: number;
  /** Each failed probe multiplies the pause by this … */
  readonly breakFactor: number;
  /** … up to this. */
  readonly maximumBreakMs: number;
  /** Share of a pause that is drawn at random, 0 to 1: 0.2 spreads it over 80 % to 100 %. */
  readonly breakJitter: number;
  /** A probe that has not answered within this has failed. */
  readonly probeTimeoutMs: number;
  /** Probes that must succeed in a row before it closes. */
  readonly probesToClose: number;
  /** Pause between probes while `misconfigured`: slow enough for no server's lockout. */
  readonly misconfiguredProbeMs: number;
}

/** How many calls may be in flight on one dependency. */
export interface ConcurrencySettings {
  /** Most at once; what is in force adapts to what the dependency bears, and is never more. */
  readonly limit: number;
  /** Where the limit starts after the breaker has closed … */
  readonly slowStartLimit: number;
  /** … and how long it takes to grow to `limit`, linearly. */
  readonly slowStartMs: number;
  /** A permit whose handler ignores its ended attempt returns after this long. */
  readonly abandonAfterMs: number;
  /** False: the limit is `limit`, whatever the dependency bears. */
  readonly adaptive: boolean;
  /** The limit does not adapt below this. */
  readonly minimumLimit: number;
  /** The limit is adapted once per window of this length, which goes on until ten sampled calls have ended. */
  readonly adaptWindowMs: number;
  /** Permits added after a good window in which somebody found none free. */
  readonly increase: number;
  /** What an overloaded window multiplies the limit by, 0 to 1. */
  readonly decreaseFactor: number;
  /** A call is slow that takes more than this many times as long as its kind usually does … */
  readonly latencyTolerance: number;
  /** … and longer by more than this, in milliseconds: less comes of a busy process. Most of a window's are too many. */
  readonly latencyRiseMs: number;
  /** Share of a window's calls at which time-outs and transient failures are too many, 0 to 1. */
  readonly errorTolerance: number;
}

/** How transient failures are retried. */
export interface RetrySettings {
  /** Attempts in all, the first included. */
  readonly maximumAttempts: number;
  /** Smallest pause before a retry; also the start of the decorrelated jitter. */
  readonly initialPauseMs: number;
  /** Longest pause before a retry. */
  readonly maximumPauseMs: number;
}

export interface OperationSettings {
  /** How long `submit` waits before it answers `queued`. */
  readonly answerWithinMs: number;
  /** What one attempt may take. */
  readonly attemptTimeoutMs: number;
  /** Life in the queue. */
  readonly expiresAfterMs: number;
  readonly retry: RetrySettings;
  /** Largest input, as JSON text in UTF-8. */
  readonly maximumInputBytes: number;
  /** Largest value that is kept with an end; above it `completed` says `valueOmitted`. */
  readonly maximumValueBytes: number;
  /** How long an idempotency key is remembered after its acceptance. */
  readonly idempotencyTtlMs: number;
  /** From this many interruptions an operation runs alone in the process. */
  readonly interruptionsBeforeAlone: number;
  /** At this many interruptions it is a dead letter. */
  readonly maximumInterruptions: number;
  /** More abandoned runs of one definition than this hold the definition. */
  readonly maximumAbandonedRuns: number;
}

export interface QueueSettings {
  /** Most rows that may wait. */
  readonly maximumRows: number;
  /** Most bytes of input that may wait. */
  readonly maximumBytes: number;
  /** Submits in memory that have no answer yet. */
  readonly maximumPendingSubmits: number;
  /** Their inputs together, in memory. */
  readonly maximumPendingBytes: number;
  /** Acceptance stops when the disk has less free than this. */
  readonly minimumFreeDiskBytes: number;
  /** Most rows one claim takes, followers included. */
  readonly claimRows: number;
  /** Most bytes of input that one claim takes. */
  readonly claimBytes: number;
  /** Most consecutive operations of a lane that are taken as one run. */
  readonly runRows: number;
  /** Most batches (`executeBatch`) of one set of dependencies in flight at a time; each also takes a permit. */
  readonly batchesInFlight: number;
  /** Most rows that one commit writes. */
  readonly commitRows: number;
  /** Most bytes that one commit writes. */
  readonly commitBytes: number;
  /** How long ended rows, and receipts without a key, are kept. */
  readonly endedRetentionMs: number;
}

export interface StorageSettings {
  /** Pages in the write-ahead log before SQLite checkpoints by itself. */
  readonly walAutocheckpointPages: number;
  /** What SQLite keeps of the journal's pages in memory. */
  readonly pageCacheBytes: number;
  /** When the thread that writes ends by itself, another one takes over: at most so many times … */
  readonly maximumRestarts: number;
  /** … in this while; beyond that the journal is lost to the process. */
  readonly restartWindowMs: number;
  /** The first restart is immediate. Pause before the second; doubles … */
  readonly initialRestartPauseMs: number;
  /** … up to this. */
  readonly maximumRestartPauseMs: number;
  /** A thread that has not written a commit within this, when it is asked for one, does not work. */
  readonly verifyTimeoutMs: number;
}

export interface SupervisionSettings {
  /** Pause before the first restart of a fallen actor; doubles … */
  readonly initialPauseMs: number;
  /** … up to this. */
  readonly maximumPauseMs: number;
  /** More falls than this within the window call a person. */
  readonly maximumFalls: number;
  /** In which falls are counted. */
  readonly windowMs: number;
}

export interface IncidentSettings {
  /** Failed probes after which a reconnect is tried. */
  readonly probesBeforeReconnect: number;
  /** Building the connections anew may take this long. */
  readonly reconnectTimeoutMs: number;
  /** Reconnects, or restarts of the storage thread, before a person is called. */
  readonly maximumAttempts: number;
  /** Pause between two remedies. */
  readonly cooldownMs: number;
  /** May remedies be tried at all, until a person switches it? */
  readonly autoRecovery: boolean;
  /** How long a dependency may be gone before a person is called, whatever is left to try. */
  readonly pageAfterOutageMs: number;
  /** How long a condition that no remedy can help may last before a person is called. */
  readonly pageAfterMs: number;
  /** How much longer than its trigger's leave dwell a condition may stay after a remedy that says it helped. */
  readonly verifyMarginMs: number;
  /** All callbacks of a memory relief together. */
  readonly reliefTimeoutMs: number;
  /** From the callbacks to the measurement that says whether memory fell. */
  readonly reliefSettleMs: number;
  /** The share of memory that a relief must free to be one, 0 to 1. */
  readonly reliefMinimumShare: number;
  /** A restart of the storage thread, and the look at whether it works: each. */
  readonly restartTimeoutMs: number;
  /** How often a person is called who does not answer … */
  readonly pageCalls: number;
  /** … and has this long to answer. */
  readonly pageAnswerMs: number;
  /** Pause after the first call in vain; doubles. */
  readonly pagePauseMs: number;
}

/** One definition per kind of condition that is measured; `connection_failures` holds for every dependency. */
export type TriggerSettings = Readonly<Record<Exclude<ConditionKind, "dependency_unavailable">, TriggerDefinition>>;

export interface ModeSettings {
  /** How long each step lasts by which a mode gives back what it took. */
  readonly restoreStepMs: number;
}

export interface PinSettings {
  /** How long before its end a pin says aloud that it is about to end. */
  readonly warnBeforeMs: number;
  /** No pin may be set for longer. */
  readonly maximumMs: number;
}

/**
 * At or above these an alert is opened; at nine tenths of them or less, three readings in a row, it is resolved. They
 * change no mode.
 */
export interface AlertSettings {
  /** Share of the memory there is, 0 to 1. */
  readonly memoryUsage: number;
  /** Share of the operations that failed, 0 to 1. */
  readonly errorRate: number;
  /** 95th percentile of the time from submit to end. */
  readonly responseTimeMs: number;
}

/** How the service is measured. Durations are milliseconds. */
export interface SensingSettings {
  /** Pause between two readings of all sensors. */
  readonly intervalMs: number;
  /** A sensor that has not answered within this has failed. */
  readonly sensorTimeoutMs: number;
  /** Rates, response times and slow operations are of the last so many milliseconds. */
  readonly windowMs: number;
  /** With fewer ends, or calls, within the window there is no rate. */
  readonly minimumSample: number;
  /** An attempt that runs for longer than this is slow. It is looked for once per `intervalMs`. */
  readonly slowOperationMs: number;
}

/**
 * Everything a person might want to change, frozen, read by one reference. An operation sees one of these from
 * its start to its end. Durations are milliseconds, sizes bytes.
 */
export interface RuntimeConfig {
  readonly operations: OperationSettings;
  readonly queue: QueueSettings;
  readonly storage: StorageSettings;
  readonly breaker: BreakerSettings;
  readonly concurrency: ConcurrencySettings;
  readonly supervision: SupervisionSettings;
  readonly incident: IncidentSettings;
  readonly sensing: SensingSettings;
  readonly triggers: TriggerSettings;
  readonly modes: ModeSettings;
  readonly pin: PinSettings;
  readonly alerts: AlertSettings;
  /** How long `stop` waits for what is in flight before it hands it back. */
  readonly stopWithinMs: number;
}

/** A change of some settings: every level may be partial. */
export type PartialRuntimeConfig = {
  readonly [Section in keyof RuntimeConfig]?: RuntimeConfig[Section] extends object
    ? {
        readonly [Key in keyof RuntimeConfig[Section]]?: RuntimeConfig[Section][Key] extends object
          ? Partial<RuntimeConfig[Section][Key]>
          : RuntimeConfig[Section][Key];
      }
    : RuntimeConfig[Section];
};
