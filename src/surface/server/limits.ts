/** What one caller may cost the process. Times are milliseconds, sizes bytes. */
export const LIMITS = {
  /** What may surround an operation's largest input in a request body: names, options, JSON's own escapes. */
  envelopeBytes: 64 * 1_024,
  /** Calls in one request. */
  batchSize: 32,
  /** How often a stream of events that has nothing to say shows that it lives. */
  pingEveryMs: 15_000,
  /** How long a reader of events waits before it comes back. */
  reconnectAfterMs: 1_000,
  /** Longest path, which in a batch is a list of procedures. */
  pathLength: 2_048,
  headerBytes: 16 * 1_024,
  /** From the first byte of a request to the end of its headers … */
  headersTimeoutMs: 5_000,
  /** … and to the end of its body. */
  requestTimeoutMs: 30_000,
  /** How often both are checked. */
  checkEveryMs: 1_000,
  /** How long an idle connection is kept for its next request. */
  keepAliveMs: 10_000,
  /** How long answers may still take to be read once the runtime has stopped. */
  closeWithinMs: 1_000,
} as const;
