import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import { ConnectionFailureSensor } from "../../src/control/sensors/connection-failures.ts";
import { BreakerCounters } from "../../src/dependencies/breaker-counters.ts";

function sensing(minimumSample = 10) {
  const counters = new BreakerCounters("graph", { ...defaultConfig.breaker, windowMs: 10_000 });
  const sensor = new ConnectionFailureSensor({
    dependency: "graph",
    windowMs: 60_000,
    minimumSample,
    counts: () => counters,
  });
  let generation = 0;
  return {
    sensor,
    counters,
    open: () => counters.enter((generation += 1)),
    call(nowMs: number, failed: boolean) {
      if (failed) counters.failure(generation, nowMs, "x");
      else counters.success(generation, nowMs);
    },
  };
}

describe("connection failures", () => {
  it("are a rate over a window of its own, however often the breaker opened and closed in between", () => {
    const { sensor, open, call } = sensing();
    sensor.start(0);
    // Opens after five failures, closes a second later, for a minute: each generation's own counters begin at zero.
    for (let second = 1; second <= 30; second++) {
      open();
      for (let failure = 0; failure < 5; failure++) call(second * 1_000, true);
      open();
      call(second * 1_000, false);
      sensor.read(second * 1_000);
    }
    expect(sensor.read(31_000)).toMatchObject({
      value: 150 / 180,
      values: { calls: 180, failures: 150 },
      measured: { connectionFailureRate: { graph: 150 / 180 } },
    });
    expect(sensor.trigger).toBe("connection_failures:graph");
  });

  it("are nothing while too few calls were made", () => {
    const { sensor, call } = sensing();
    sensor.start(0);
    for (let failure = 0; failure < 9; failure++) call(0, true);
    expect(sensor.read(1_000)).toMatchObject({ value: null, measured: { connectionFailureRate: { graph: null } } });
    call(1_500, false);
    expect(sensor.read(2_000).value).toBe(0.9);
  });

  it("count from the start of monitoring, and leave the window", () => {
    const { sensor, call } = sensing();
    for (let failure = 0; failure < 50; failure++) call(0, true);
    sensor.start(100);
    for (let success = 0; success < 10; success++) call(500, false);
    expect(sensor.read(1_000).value).toBe(0);
    expect(sensor.read(100_000).value).toBeNull();
  });

  it("are counted once each, also after the breaker's own window has forgotten them", () => {
    const { counters, call, open } = sensing();
    for (let second = 0; second < 100; second++) call(second * 1_000, second % 4 === 0);
    open();
    for (let second = 100; second < 110; second++) call(second * 1_000, false);
    expect([counters.everCalls, counters.everFailures]).toEqual([110, 25]);
    expect(counters.windowCalls).toBe(10);
  });
});
