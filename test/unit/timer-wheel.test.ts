import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/system-clock.ts";
import { Timeout, TimerWheel } from "../../src/timer-wheel.ts";

describe("the timer wheel", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("calls each entry once, in its tick and not before", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const fired: string[] = [];
    wheel.add(25, () => fired.push("25"));
    wheel.add(5, () => fired.push("5"));
    wheel.add(500, () => fired.push("500"));
    vi.advanceTimersByTime(24);
    expect(fired).toEqual(["5"]);
    vi.advanceTimersByTime(11);
    expect(fired).toEqual(["5", "25"]);
    vi.advanceTimersByTime(10_000);
    expect(fired).toEqual(["5", "25", "500"]);
  });

  it("forgets what was cancelled, and holds no timer when it is empty", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const fired: number[] = [];
    for (let entry = 0; entry < 1_000; entry++) wheel.add(100, () => fired.push(entry)).cancel();
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes entries that its callbacks add", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const fired: number[] = [];
    wheel.add(10, () => wheel.add(10, () => fired.push(systemClock.now())));
    const startedAt = systemClock.now();
    vi.advanceTimersByTime(100);
    expect(fired).toHaveLength(1);
    expect(fired[0]! - startedAt).toBeLessThanOrEqual(40);
  });

  it("fires what is due many turns from now in its time, and nothing before", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const fired: number[] = [];
    for (const delayMs of [95_000, 9_990, 10_250, 31_000]) wheel.add(delayMs, () => fired.push(delayMs));
    vi.advanceTimersByTime(9_980);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual([9_990, 10_250]);
    vi.advanceTimersByTime(20_100);
    expect(fired).toEqual([9_990, 10_250, 31_000]);
    vi.advanceTimersByTime(64_000);
    expect(fired).toEqual([9_990, 10_250, 31_000, 95_000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fires everything that fell due while the process stood still", () => {
    let nowMs = 0;
    let timer: () => void = () => {};
    const wheel = new TimerWheel(
      {
        now: () => nowMs,
        monotonicMs: () => nowMs,
        setTimer: (callback) => ((timer = callback), { cancel: () => {} }),
      },
      10,
    );
    const fired: number[] = [];
    for (let delayMs = 10; delayMs <= 60_000; delayMs += 10) wheel.add(delayMs, () => fired.push(delayMs));
    nowMs = 3_600_000;
    timer();
    expect(fired).toHaveLength(6_000);
  });

  it("lets a callback cancel, or start anew, what is due in the same tick", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const fired: string[] = [];
    class Named extends Timeout {
      readonly #name: string;
      constructor(name: string) {
        super();
        this.#name = name;
      }
      override onTimeout(): void {
        fired.push(this.#name);
      }
    }
    const [cancelled, restarted] = [new Named("cancelled"), new Named("restarted")];
    wheel.add(10, () => {
      cancelled.cancel();
      wheel.start(restarted, 500);
    });
    wheel.start(cancelled, 10);
    wheel.start(restarted, 10);
    vi.advanceTimersByTime(100);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(fired).toEqual(["restarted"]);
  });

  it("fires what was started coarsely not before its delay and at most two ticks after it, and nothing cancelled", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const startedAtMs = systemClock.monotonicMs();
    const firedAfterMs: number[] = [];
    class Noting extends Timeout {
      override onTimeout(): void {
        firedAfterMs.push(systemClock.monotonicMs() - startedAtMs);
      }
    }
    vi.advanceTimersByTime(3);
    for (const delayMs of [1, 10, 25, 20_000]) wheel.startCoarsely(new Noting(), delayMs);
    const cancelled = new Noting();
    wheel.startCoarsely(cancelled, 25);
    vi.advanceTimersByTime(15);
    cancelled.cancel();
    vi.advanceTimersByTime(30_000);
    expect(firedAfterMs).toHaveLength(4);
    for (const [place, delayMs] of [1, 10, 25, 20_000].entries()) {
      expect(firedAfterMs[place]).toBeGreaterThanOrEqual(3 + delayMs);
      expect(firedAfterMs[place]).toBeLessThanOrEqual(3 + delayMs + 20);
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it("reads the clock once a tick for those who do not mind", () => {
    const wheel = new TimerWheel(systemClock, 10);
    const first = wheel.coarseMs;
    vi.advanceTimersByTime(9);
    expect(wheel.coarseMs).toBe(first);
    vi.advanceTimersByTime(2);
    expect(wheel.coarseMs).toBe(first + 11);
  });
});
