import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../src/testing/virtual-clock.ts";

describe("the virtual clock", () => {
  test("calls back in the order of due times, and of equal ones in the order of setting", async () => {
    const clock = createVirtualClock();
    const fired: string[] = [];
    for (const [name, ms] of [
      ["c", 30],
      ["a", 10],
      ["b1", 20],
      ["b2", 20],
      ["b3", 20],
    ] as const)
      clock.setTimer(() => fired.push(name), ms);
    await clock.advance(20);
    expect(fired).toEqual(["a", "b1", "b2", "b3"]);
    await clock.advance(9);
    expect(fired).toHaveLength(4);
    await clock.advance(1);
    expect(fired.at(-1)).toBe("c");
  });

  test("fires timers that timers set, each at its own time, within one advance", async () => {
    const clock = createVirtualClock({ now: 1_000 });
    const firedAt: number[] = [];
    const chain = (left: number) => {
      firedAt.push(clock.now());
      if (left > 0) clock.setTimer(() => chain(left - 1), 10);
    };
    clock.setTimer(() => chain(2), 10);
    await clock.advance(30);
    expect(firedAt).toEqual([1_010, 1_020, 1_030]);
    expect(clock.now()).toBe(1_030);
  });

  test("lets promises settle between timers, so that what they set is in its place", async () => {
    const clock = createVirtualClock();
    const log: string[] = [];
    clock.setTimer(() => {
      void Promise.resolve()
        .then(() => {})
        .then(() => clock.setTimer(() => log.push("set by a promise"), 5));
    }, 10);
    clock.setTimer(() => log.push("later"), 20);
    await clock.advance(100);
    expect(log).toEqual(["set by a promise", "later"]);
  });

  test("forgets cancelled timers, whenever they are cancelled", async () => {
    const clock = createVirtualClock();
    const fired: string[] = [];
    const late = clock.setTimer(() => fired.push("late"), 20);
    clock.setTimer(() => late.cancel(), 10);
    const early = clock.setTimer(() => fired.push("early"), 5);
    early.cancel();
    early.cancel();
    expect(clock.pending).toBe(2);
    await clock.advance(100);
    expect(fired).toEqual([]);
    expect(clock.pending).toBe(0);
    late.cancel();
    expect(clock.pending).toBe(0);
  });

  test("keeps a jump of the wall clock from its timers and from monotonic time", async () => {
    const clock = createVirtualClock({ now: 5_000 });
    let fired = 0;
    clock.setTimer(() => fired++, 100);
    clock.jump(-3_000);
    expect(clock.now()).toBe(2_000);
    expect(clock.monotonicMs()).toBe(0);
    await clock.advance(99);
    expect(fired).toBe(0);
    await clock.advance(1);
    expect(fired).toBe(1);
    expect(clock.now()).toBe(2_100);
  });

  test("fires a timer of a year in a year", async () => {
    const clock = createVirtualClock();
    let fired = false;
    clock.setTimer(() => (fired = true), 365 * 86_400_000);
    await clock.advance(364 * 86_400_000);
    expect(fired).toBe(false);
    await clock.advance(86_400_000);
    expect(fired).toBe(true);
  });

  test("holds 100,000 timers in shuffled order and fires them all in order", async () => {
    const clock = createVirtualClock();
    let last = -1;
    let fired = 0;
    for (let n = 0; n < 100_000; n++)
      clock.setTimer(
        () => {
          expect(clock.monotonicMs()).toBeGreaterThanOrEqual(last);
          last = clock.monotonicMs();
          fired++;
        },
        (n * 7_919) % 100_003,
      );
    await clock.advance(100_003);
    expect(fired).toBe(100_000);
  });
});
