import { inspect } from "node:util";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRuntime, dependency, type DependencyOptions, type PartialRuntimeConfig } from "../../src/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

const QUICK: PartialRuntimeConfig = {
  operations: { retry: { maximumAttempts: 8, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
};

async function searching(options: Partial<DependencyOptions> = {}, config: PartialRuntimeConfig = QUICK) {
  const search = dependency({ name: "search", probe: () => {}, ...options });
  const runtime = await createRuntime({
    dataDirectory: join(temporaryFolder(), "data"),
    operations: [],
    dependencies: [search],
    config,
  });
  onTestFinished(() => runtime.stop());
  return { search, runtime, inUse: () => runtime.status().dependencies[0]!.inUse };
}

const hangs = (): Promise<never> => new Promise(() => {});

describe("runtime.call", () => {
  it("runs, times out, retries and refuses as values", async () => {
    let up = true;
    const { search, runtime } = await searching({
      probe: () => {
        if (!up) throw new Error("down");
      },
      breaker: { consecutiveFailures: 2, initialBreakMs: 10_000 },
    });
    expect(await runtime.call(search, () => 42)).toEqual({ status: "completed", value: 42 });
    let calls = 0;
    expect(
      await runtime.call(
        search,
        () => {
          calls += 1;
          if (calls === 1) throw new Error("once");
          return calls;
        },
        { retries: 1 },
      ),
    ).toEqual({ status: "completed", value: 2 });
    up = false;
    expect(await runtime.call(search, hangs, { attemptTimeoutMs: 30 })).toMatchObject({
      status: "failed",
      effect: "unknown",
      error: { code: "attempt_timeout" },
    });
    await runtime.call(search, hangs, { attemptTimeoutMs: 30 });
    expect(await runtime.call(search, () => 1)).toMatchObject({ status: "refused", reason: "unavailable" });
  });

  it("tells the same refusal to everybody while nothing changes, with when to try again", async () => {
    const { search, runtime } = await searching({
      probe: () => Promise.reject(new Error("down")),
      breaker: { initialBreakMs: 60_000, maximumBreakMs: 60_000, breakJitter: 0 },
    });
    const [first, second] = [await runtime.call(search, () => 1), await runtime.call(search, () => 1)];
    expect(first).toMatchObject({ status: "refused", reason: "unavailable", retryable: true });
    expect((first as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(1);
    expect(second).toEqual(first);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it("tells a failure with its effect, its error and what was thrown, also to whoever prints it", async () => {
    const { search, runtime } = await searching({ classify: () => "rejected" });
    const thrown = new Error("400: no such index");
    const outcome = await runtime.call(search, () => Promise.reject(thrown));
    expect(outcome).toMatchObject({ status: "failed", effect: "none" });
    if (outcome.status !== "failed") return;
    expect(outcome.error).toMatchObject({ code: "call_failed", retryable: false, cause: thrown });
    expect(outcome.error).toBe(outcome.error);
    expect(inspect(outcome)).toContain("400: no such index");
  });

  it("ends the attempt of a caller who cancels: at once, untried again, with the work's signal aborted", async () => {
    const { search, runtime } = await searching();
    const caller = new AbortController();
    let heard = false;
    let calls = 0;
    const called = runtime.call(
      search,
      ({ signal }) => {
        calls += 1;
        signal.addEventListener("abort", () => (heard = true));
        return hangs();
      },
      { signal: caller.signal, retries: 5 },
    );
    caller.abort(new Error("the user went away"));
    expect(await called).toMatchObject({
      status: "failed",
      effect: "unknown",
      error: { code: "call_cancelled", cause: { message: "the user went away" } },
    });
    expect([heard, calls]).toEqual([true, 1]);
    expect(runtime.status().dependencies[0]).toMatchObject({ windowFailures: 0 });
    expect(await runtime.call(search, () => 1, { signal: caller.signal })).toMatchObject({
      status: "failed",
      effect: "none",
      error: { code: "call_cancelled" },
    });
  });

  it("ends the pause before a retry when the caller cancels, and does not call again", async () => {
    const { search, runtime } = await searching(
      {},
      { ...QUICK, operations: { retry: { maximumAttempts: 8, initialPauseMs: 60_000, maximumPauseMs: 60_000 } } },
    );
    const caller = new AbortController();
    let calls = 0;
    const called = runtime.call(
      search,
      () => {
        calls += 1;
        throw new Error("reset");
      },
      { signal: caller.signal, retries: 5 },
    );
    await until("the first attempt to have failed", () => calls === 1);
    caller.abort();
    expect(await called).toMatchObject({ status: "failed", error: { code: "call_cancelled" } });
    expect(calls).toBe(1);
  });

  it("leaves no listener on a signal that outlives the call", async () => {
    const { search, runtime } = await searching();
    const caller = new AbortController();
    let listeners = 0;
    const { signal } = caller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => ((listeners += 1), add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => ((listeners -= 1), remove(...args));
    for (let call = 0; call < 10; call++) await runtime.call(search, () => Promise.resolve(call), { signal });
    expect(listeners).toBe(0);
  });

  it("aborts the signal of the call that times out, and of no other", async () => {
    const { search, runtime } = await searching();
    const signals: AbortSignal[] = [];
    const take = ({ signal }: { signal: AbortSignal }) => (signals.push(signal), hangs());
    const short = runtime.call(search, take, { attemptTimeoutMs: 20 });
    const caller = new AbortController();
    const long = runtime.call(search, take, { attemptTimeoutMs: 60_000, signal: caller.signal });
    expect(await short).toMatchObject({ status: "failed", error: { code: "attempt_timeout" } });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    caller.abort();
    await long;
  });

  it("ignores what comes back after the timeout, and takes the permit back then", async () => {
    const { search, runtime, inUse } = await searching();
    const late = Promise.withResolvers<string>();
    const outcome = await runtime.call(search, () => late.promise, { attemptTimeoutMs: 20 });
    expect(outcome).toMatchObject({ status: "failed", error: { code: "attempt_timeout" } });
    expect(inUse()).toBe(1);
    late.resolve("too late");
    await until("the permit to be back", () => inUse() === 0);
    expect(runtime.status().dependencies[0]).toMatchObject({ consecutiveFailures: 1, windowCalls: 1 });
  });

  it("invariant 12: holds permits, timers and attempts for what is in flight only", async () => {
    const { search, runtime, inUse } = await searching();
    const calls = Array.from({ length: 64 }, (_, n) => runtime.call(search, async () => n));
    expect(inUse()).toBe(64);
    expect(await runtime.call(search, () => 1)).toMatchObject({ status: "refused", reason: "overloaded" });
    expect((await Promise.all(calls)).every(({ status }) => status === "completed")).toBe(true);
    expect(inUse()).toBe(0);
  });
});
