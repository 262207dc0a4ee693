/** Keeps `callers` calls under way for so long, each caller beginning its next when its last was answered. */
export async function callsPerSecond(
  callers: number,
  durationMs: number,
  call: () => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  const endAt = startedAt + durationMs;
  let calls = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < endAt) {
        await call();
        calls += 1;
      }
    }),
  );
  return (calls / (performance.now() - startedAt)) * 1_000;
}

/** Offers calls at a steady rate, whether or not earlier ones have been answered; says how long each took. */
export async function steadyLatenciesMs(
  perSecond: number,
  calls: number,
  call: () => Promise<unknown>,
): Promise<readonly number[]> {
  const took: Promise<number>[] = [];
  const timed = async (): Promise<number> => {
    const beganAt = performance.now();
    await call();
    return performance.now() - beganAt;
  };
  const startedAt = performance.now();
  while (took.length < calls) {
    const due = Math.min(calls, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond));
    while (took.length < due) took.push(timed());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Promise.all(took);
}

/** Makes so many calls, `callers` at a time. */
export async function callTimes(
  calls: number,
  callers: number,
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(callers, calls) }, async () => {
      while (next < calls) await call(next++);
    }),
  );
}
