/** What the sensors last measured. Null: nothing to measure (too few calls), or its sensor failed. */
export interface Measurements {
  /** Wall time. */
  readonly at: number;
  /**
   * Shares of what there is, 0 to 1; `container` is null outside of one that is limited, and where the service's own
   * sensor of memory stands in the place of ours.
   */
  readonly memory: {
    readonly heap: number;
    readonly process: number;
    readonly container: number | null;
    /** The largest of them. */
    readonly usage: number;
  } | null;
  /** Of the operations that ended within the window. */
  readonly errorRate: number | null;
  /** The failed ones among them by their error's code, as shares of all that ended. */
  readonly errorRateByCode: Readonly<Record<string, number>>;
  /** From submit to end, of the operations that ended within the window. */
  readonly responseTimeMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Of the last two intervals, and the last one; never since the start. */
  readonly eventLoop: { readonly delayP99Ms: number; readonly utilization: number } | null;
  readonly queue: {
    /** All that waits. */
    readonly depth: number;
    /** What no lost dependency, no unfinished drain and no mode explains: what `queue_overflow` judges. */
    readonly unexplainedDepth: number;
    /** What was held back by one of these, may run again, and has not been worked off yet. Only shrinks meanwhile. */
    readonly readmittedDepth: number;
    /** How long the oldest of these two has waited; null when there is none. */
    readonly oldestWaitingMs: number | null;
  } | null;
  /** Operations over their time limit, now running or ended within the window. */
  readonly slowOperations: number | null;
  /** By dependency. */
  readonly connectionFailureRate: Readonly<Record<string, number | null>>;
}
