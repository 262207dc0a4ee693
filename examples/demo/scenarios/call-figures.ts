/** How a call ended for its caller. `unanswered`: no answer came, and it was not asked again. */
export type CallEnd = "completed" | "queued" | "refused" | "failed" | "unanswered";

/** What callers saw. Latencies are from when a call was due until its answer, whatever the answer was. */
export interface CallFigures {
  readonly offered: number;
  readonly completed: number;
  readonly queued: number;
  readonly refused: number;
  /** Told as failed, or never answered. */
  readonly failed: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
}

export interface Call {
  readonly end: CallEnd;
  readonly tookMs: number;
}

export function figuresOf(calls: readonly Call[]): CallFigures {
  const count = (...ends: readonly CallEnd[]): number => calls.filter(({ end }) => ends.includes(end)).length;
  const sorted = calls.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  return {
    offered: calls.length,
    completed: count("completed"),
    queued: count("queued"),
    refused: count("refused"),
    failed: count("failed", "unanswered"),
    latencyMs: { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) },
  };
}

/** The smallest of them that is not smaller than this share of all; 0 of none. */
function percentile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) * 10) / 10;
}
