/** Buckets per doubling: a quantile is off by 4.4 % at most. */
const PER_DOUBLING = 8;
/** The first bucket ends at 2 ** -4 ms, the last begins at 2 ** 31 ms (25 days). */
const FIRST_EXPONENT = -4;

export const LATENCY_BUCKETS = (31 - FIRST_EXPONENT) * PER_DOUBLING + 1;

/** Which bucket counts a time in milliseconds. Buckets grow by a twelfth each: a million take no more room than ten. */
export const bucketOf = (durationMs: number): number =>
  Math.min(
    LATENCY_BUCKETS - 1,
    Math.max(0, Math.floor((Math.log2(Math.max(durationMs, 0)) - FIRST_EXPONENT) * PER_DOUBLING) + 1),
  );

/** The time below which this share of `count` lies, as counted in `buckets`. */
export function quantile(buckets: Uint32Array, share: number, count: number): number {
  let before = Math.ceil(share * count);
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    before -= buckets[bucket]!;
    if (before <= 0) return middleOf(bucket);
  }
  return middleOf(LATENCY_BUCKETS - 1);
}

/** Half way up the bucket, by factors. */
const middleOf = (bucket: number): number => 2 ** (FIRST_EXPONENT + (bucket - 0.5) / PER_DOUBLING);
