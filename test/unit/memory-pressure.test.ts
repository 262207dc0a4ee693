import { describe, expect, it } from "vitest";
import { MemoryPressure } from "../../src/memory-pressure.ts";
import { silentLogger } from "../../src/ports.ts";
import { createVirtualClock } from "../../src/testing/virtual-clock.ts";
import { TimerWheel } from "../../src/timer-wheel.ts";

function pressed() {
  const clock = createVirtualClock();
  return { clock, pressure: new MemoryPressure(new TimerWheel(clock), silentLogger) };
}

describe("relieving memory", () => {
  it("calls everybody and waits for them, until they take it back", async () => {
    const { pressure } = pressed();
    const called: string[] = [];
    const forget = pressure.add(() => void called.push("first"));
    pressure.add(async () => void called.push("second"));
    expect(await pressure.relieve()).toEqual({ ok: true, detail: "2 of 2 callbacks ran" });
    forget();
    await pressure.relieve();
    expect(called).toEqual(["first", "second", "second"]);
  });

  it("is not ok where nobody can give memory back: nothing was done", async () => {
    expect(await pressed().pressure.relieve()).toMatchObject({
      ok: false,
      tried: false,
      detail: expect.stringContaining("nobody"),
    });
  });

  it("is not ok where one throws or hangs, and the others are called all the same", async () => {
    const { clock, pressure } = pressed();
    let called = 0;
    pressure.add(() => {
      throw new TypeError("secret");
    });
    pressure.add(() => new Promise(() => {}));
    pressure.add(() => void (called += 1));
    const relieved = pressure.relieve();
    await clock.advance(6_000);
    expect(await relieved).toEqual({
      ok: false,
      tried: true,
      detail: "1 of 3 callbacks ran; one threw TypeError, one did not settle within 5000 ms",
    });
    expect(called).toBe(1);
  });

  it("takes 64, and says what to do about the next", () => {
    const { pressure } = pressed();
    const forget = Array.from({ length: 64 }, () => pressure.add(() => {}));
    expect(() => pressure.add(() => {})).toThrow(expect.objectContaining({ code: "too_many_callbacks" }));
    forget[0]!();
    pressure.add(() => {});
    expect(() => pressure.add(3 as never)).toThrow(expect.objectContaining({ code: "invalid_options" }));
  });
});
