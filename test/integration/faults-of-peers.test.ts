import { describe, expect, test } from "vitest";
import { DependencyError } from "../../src/index.ts";
import { createVirtualClock } from "../../src/testing/index.ts";
import { heapBytes } from "../support/heap-bytes.ts";
import { lose, runtimeOver, search, slowCall, TEN_SECOND_BREAK } from "./search-fixture.ts";

/** What other libraries do wrong, reproduced there (docs/faults-of-peers.md), and what ours does instead. */
const never = (): Promise<never> => new Promise(() => {});

describe("a breaker and late results", () => {
  test("stays closed when calls of before the break fail after it", async () => {
    const each = search();
    const { runtime, clock, state } = await runtimeOver([each]);
    const late = [slowCall(runtime, each), slowCall(runtime, each), slowCall(runtime, each)];
    await lose(runtime, each);
    expect(state()).toBe("open");
    await clock.advance(10_000);
    expect(state()).toBe("closed");
    for (const { reject, outcome } of late) {
      reject(new Error("late"));
      expect(await outcome).toMatchObject({ status: "failed" });
    }
    expect(state()).toBe("closed");
    expect(runtime.status().dependencies).toMatchObject([{ consecutiveFailures: 0, windowFailures: 0 }]);
    await runtime.call(each.dependency, () => Promise.reject(new Error("a first one of now")));
    expect(state()).toBe("closed");
  });

  test("is not opened again by a late failure while it probes, and the good probe closes it", async () => {
    const each = search();
    const { runtime, clock, state, breaker } = await runtimeOver([each]);
    const late = slowCall(runtime, each);
    await lose(runtime, each);
    const probe = Promise.withResolvers<void>();
    each.probe = () => probe.promise;
    await clock.advance(10_000);
    expect(state()).toBe("probing");
    const { generation } = breaker();
    late.reject(new Error("late"));
    await late.outcome;
    expect(breaker()).toMatchObject({ state: "probing", generation, probesFailed: 0 });
    probe.resolve();
    await clock.advance(0);
    expect(state()).toBe("closed");
  });

  test("is not closed by a late success while it probes: only a probe of its own closes it", async () => {
    const each = search();
    const { runtime, clock, state } = await runtimeOver([each]);
    const late = slowCall(runtime, each);
    await lose(runtime, each);
    const probe = Promise.withResolvers<void>();
    each.probe = () => probe.promise;
    await clock.advance(10_000);
    late.resolve("an answer of before");
    expect(await late.outcome).toEqual({ status: "completed", value: "an answer of before" });
    expect(state()).toBe("probing");
    probe.reject(new Error("still down"));
    await clock.advance(0);
    expect(state()).toBe("open");
  });

  test("is not closed by a late success during the break", async () => {
    const each = search();
    const { runtime, state } = await runtimeOver([each]);
    const late = slowCall(runtime, each);
    await lose(runtime, each);
    late.resolve("an answer of before");
    await late.outcome;
    expect(state()).toBe("open");
    expect(each.probes).toBe(1);
  });

  test("does not forget the failures of now over a late success", async () => {
    const each = search();
    const { runtime, clock, state } = await runtimeOver([each]);
    const late = slowCall(runtime, each);
    await lose(runtime, each);
    await clock.advance(10_000);
    await runtime.call(each.dependency, () => Promise.reject(new Error("one of now")));
    late.resolve("an answer of before");
    await late.outcome;
    await runtime.call(each.dependency, () => Promise.reject(new Error("two of now")));
    expect(state()).toBe("open");
  });
});

describe("a break", () => {
  test.each([-1, 1])("is as long as it is when the wall clock is stepped by %i h", async (hours) => {
    const each = search();
    const { runtime, clock, state } = await runtimeOver([each]);
    await lose(runtime, each);
    await clock.advance(4_000);
    clock.jump(hours * 3_600_000);
    await clock.advance(5_999);
    expect([state(), each.probes]).toEqual(["open", 1]);
    await clock.advance(1);
    expect([state(), each.probes]).toEqual(["closed", 2]);
  });

  test("goes on after a restart at once for what was left of it, and ends in a probe", async () => {
    const clock = createVirtualClock();
    const each = search();
    const first = await runtimeOver([each], { clock });
    await clock.advance(60_000);
    await lose(first.runtime, each);
    await first.runtime.stop();
    await clock.advance(1_000);
    each.probes = 0;
    const { state, breaker } = await runtimeOver([each], { clock, dataDirectory: first.dataDirectory });
    expect(state()).toBe("open");
    expect(breaker().nextProbeAt! - clock.now()).toBe(9_000);
    await clock.advance(8_999);
    expect([state(), each.probes]).toEqual(["open", 0]);
    await clock.advance(1);
    expect([state(), each.probes]).toEqual(["closed", 1]);
  });

  test("ends by itself, without anybody calling", async () => {
    const each = search();
    const { runtime, clock, state } = await runtimeOver([each]);
    await lose(runtime, each);
    each.probe = () => Promise.reject(new Error("still down"));
    await clock.advance(25_000);
    expect([state(), each.probes]).toEqual(["open", 3]);
    each.probe = () => {};
    await clock.advance(5_000);
    expect(state()).toBe("closed");
  });
});

describe("callers", () => {
  test("are answered at once while a probe is under way, however long that takes", async () => {
    const each = search();
    const { runtime, clock, state } = await runtimeOver([each]);
    await lose(runtime, each);
    each.probe = never;
    await clock.advance(10_000);
    expect(state()).toBe("probing");
    const calls = Array.from({ length: 50 }, () => runtime.call(each.dependency, () => "never called"));
    // The clock stands still: nobody has waited for anything.
    for (const outcome of await Promise.all(calls))
      expect(outcome).toMatchObject({ status: "refused", reason: "unavailable", retryable: true });
  });

  test("have a signal each: the timeout of one leaves its neighbour alone", async () => {
    const each = search();
    const { runtime, clock } = await runtimeOver([each]);
    const signals: AbortSignal[] = [];
    const answer = Promise.withResolvers<string>();
    const call = (attemptTimeoutMs: number) =>
      runtime.call(
        each.dependency,
        ({ signal }) => {
          signals.push(signal);
          return answer.promise;
        },
        { attemptTimeoutMs },
      );
    const [slow, healthy] = [call(50), call(60_000)];
    await clock.advance(100);
    expect(await slow).toMatchObject({ status: "failed", error: { code: "attempt_timeout" } });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    answer.resolve("fine");
    expect(await healthy).toEqual({ status: "completed", value: "fine" });
    expect(signals[1]?.aborted).toBe(false);
  });

  test("who pause before a retry when the runtime is stopped are answered at once, and nothing is called again", async () => {
    const each = search();
    const { runtime, clock } = await runtimeOver([each], {
      config: { ...TEN_SECOND_BREAK, operations: { retry: { initialPauseMs: 30_000, maximumPauseMs: 60_000 } } },
    });
    let calls = 0;
    const outcome = runtime.call(
      each.dependency,
      () => {
        calls += 1;
        throw new Error("not now");
      },
      { retries: 5 },
    );
    await clock.advance(0);
    expect(calls).toBe(1);
    // The clock stands still: neither stopping nor the answer waits for the pause.
    await runtime.stop();
    expect(await outcome).toMatchObject({ status: "failed", effect: "unknown", error: { code: "call_failed" } });
    await clock.advance(120_000);
    expect(calls).toBe(1);
  });

  test("who were called are never told refused, whatever keeps them from being tried again", async () => {
    const each = search();
    const { runtime, clock } = await runtimeOver([each], {
      config: { ...TEN_SECOND_BREAK, breaker: { ...TEN_SECOND_BREAK.breaker, consecutiveFailures: 1 } },
    });
    const fails = () => Promise.reject(new Error("after it had its effect"));
    const outcome = runtime.call(each.dependency, fails, { retries: 3 });
    await clock.advance(60_000);
    expect(await outcome).toMatchObject({ status: "failed", effect: "unknown", error: { code: "call_failed" } });
  });

  test("are told that the effect is unknown when an earlier attempt may have had one, however the last one failed", async () => {
    const each = search();
    const { runtime, clock } = await runtimeOver([each]);
    let calls = 0;
    const outcome = runtime.call(
      each.dependency,
      () => {
        calls += 1;
        throw calls === 1
          ? new Error("no answer")
          : new DependencyError("rejected", "no", { dependency: "search", kind: "rejected", effect: "none" });
      },
      { retries: 3 },
    );
    await clock.advance(60_000);
    expect(await outcome).toMatchObject({ status: "failed", effect: "unknown", error: { code: "rejected" } });
    expect(calls).toBe(2);
  });

  test("do not open a breaker with one failure of one call", async () => {
    const each = search();
    const { runtime, state } = await runtimeOver([each], { config: {} });
    await runtime.call(each.dependency, () => Promise.reject(new Error("once")));
    expect(runtime.status().dependencies).toMatchObject([{ windowCalls: 1, windowFailures: 1 }]);
    expect(state()).toBe("closed");
    expect(await runtime.call(each.dependency, () => "fine")).toEqual({ status: "completed", value: "fine" });
  });

  test("who fail cost the same memory however many calls are in the window", async () => {
    const each = search();
    const { runtime, state } = await runtimeOver([each], {
      config: { ...TEN_SECOND_BREAK, breaker: { consecutiveFailures: 1_000_000, failureRate: 1, windowMs: 3_600_000 } },
    });
    const call = async (from: number, to: number): Promise<void> => {
      for (let number = from; number < to; number++)
        await runtime.call(each.dependency, () => (number % 5 < 2 ? Promise.reject(new Error("no")) : number));
    };
    await call(0, 5_000);
    const before = heapBytes();
    await call(5_000, 205_000);
    expect(runtime.status().dependencies).toMatchObject([{ windowCalls: 205_000, windowFailures: 82_000 }]);
    // One number per call would be 8 bytes; what else the heap does comes to a quarter of a megabyte, up or down.
    expect((heapBytes() - before) / 200_000).toBeLessThan(6);
    expect(state()).toBe("closed");
  });
});
