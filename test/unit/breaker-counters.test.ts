import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import { BreakerCounters } from "../../src/dependencies/breaker-counters.ts";

const settings = {
  ...defaultConfig.breaker,
  consecutiveFailures: 5,
  failureRate: 0.5,
  minimumCalls: 20,
  windowMs: 10_000,
};

const closedCounters = (): BreakerCounters => {
  const counters = new BreakerCounters("graph", settings);
  counters.enter(1);
  return counters;
};

describe("counting a dependency's results", () => {
  it("reports the fifth failure in a row, with the values and the limit", () => {
    const counters = closedCounters();
    const causes = [1, 2, 3, 4, 5].map((at) => counters.failure(1, at, "connection_lost"));
    expect(causes.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(causes[4]).toMatchObject({
      actor: "calls:graph",
      values: { consecutiveFailures: 5, limit: 5, code: "connection_lost" },
    });
  });

  it("begins again after a success", () => {
    const counters = closedCounters();
    for (let at = 0; at < 4; at++) counters.failure(1, at, "x");
    counters.success(1, 5);
    expect(counters.failure(1, 6, "x")).toBeUndefined();
  });

  it("reports a failure rate only over enough calls", () => {
    const counters = closedCounters();
    const crossings: number[] = [];
    for (let call = 1; call <= 30; call++) {
      if (call % 2 === 0) counters.success(1, call);
      else if (counters.failure(1, call, "x") !== undefined) crossings.push(call);
    }
    expect(crossings[0]).toBe(21);
  });

  it("forgets calls that are older than the window", () => {
    const counters = closedCounters();
    for (let call = 0; call < 19; call++) {
      if (call % 4 === 3) counters.success(1, 0);
      else counters.failure(1, 0, "x");
    }
    expect(counters.windowCalls).toBe(19);
    counters.success(1, 10_500);
    expect(counters.windowCalls).toBe(1);
    expect(counters.windowFailures).toBe(0);
  });

  it("invariant 6: ignores the result of a call that began in another generation", () => {
    const counters = closedCounters();
    counters.enter(3);
    for (let at = 0; at < 10; at++) expect(counters.failure(1, at, "late")).toBeUndefined();
    expect(counters.consecutiveFailures).toBe(0);
    for (let at = 0; at < 4; at++) counters.failure(3, at, "x");
    counters.success(1, 4);
    expect(counters.failure(3, 5, "x")).toBeDefined();
  });

  it("costs the same memory whatever the traffic", () => {
    const counters = closedCounters();
    for (let call = 0; call < 100_000; call++) counters.success(1, call / 100);
    expect(counters.windowCalls).toBeLessThanOrEqual(100_000);
    expect(counters.windowCalls).toBeGreaterThan(90_000);
  });
});
