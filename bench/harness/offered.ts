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
