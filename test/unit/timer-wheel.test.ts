import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/system-clock.ts";
import { TimerWheel } from "../../src/timer-wheel.ts";

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
});
