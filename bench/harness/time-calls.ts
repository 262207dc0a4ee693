/** Makes `calls` calls, one after the other. */
export type Loop = (calls: number) => Promise<void>;

export async function nanosecondsPerCall(loop: Loop, calls: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  await loop(calls);
  return Number(process.hrtime.bigint() - startedAt) / calls;
}

/** Warms the loop up, and says how many calls take about so long. */
export async function callsWithin(loop: Loop, sampleMs: number, warmUpMs: number): Promise<number> {
  let calls = 8;
  const warmUntil = performance.now() + warmUpMs;
  for (;;) {
    const tookMs = ((await nanosecondsPerCall(loop, calls)) * calls) / 1e6;
    if (tookMs < sampleMs / 2) calls *= 2;
    else if (performance.now() > warmUntil) return Math.max(1, Math.round((calls * sampleMs) / tookMs));
  }
}
