/** Offers calls at a steady rate until it is told to end; resolves when all have been answered. */
export async function offerUntil(end: AbortSignal, perSecond: number, call: () => Promise<unknown>): Promise<void> {
  const open = new Set<Promise<unknown>>();
  const startedAt = performance.now();
  let offered = 0;
  while (!end.aborted) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; offered < due; offered++) {
      const answered = call().finally(() => open.delete(answered));
      open.add(answered);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(open);
}

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
export function steadyLatenciesMs(
  perSecond: number,
  calls: number,
  call: () => Promise<unknown>,
): Promise<readonly number[]> {
  return steadily(perSecond, calls, async () => {
    const beganAt = performance.now();
    await call();
    return performance.now() - beganAt;
  });
}

/** Offers calls at a steady rate, whether or not earlier ones have been answered; resolves when all have been. */
export async function steadily<Answer>(
  perSecond: number,
  calls: number,
  call: (index: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Promise<Answer>[] = [];
  const startedAt = performance.now();
  while (answers.length < calls) {
    const due = Math.min(calls, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond));
    while (answers.length < due) answers.push(call(answers.length));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Promise.all(answers);
}

/** Keeps `callers` calls under way until the returned function is called; it resolves when the last was answered. */
export function keepCalling(callers: number, call: () => Promise<unknown>): () => Promise<void> {
  let stopped = false;
  const ended = Promise.all(
    Array.from({ length: callers }, async () => {
      while (!stopped) await call();
    }),
  );
  return async () => {
    stopped = true;
    await ended;
  };
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
