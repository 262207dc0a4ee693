import { describe, expect, it } from "vitest";
import { ErrorRateSensor } from "../../src/control/sensors/error-rate.ts";

interface Health {
  closed: boolean;
  generation: number;
}

function sensing(minimumSample = 4) {
  const graph: Health = { closed: true, generation: 1 };
  const sensor = new ErrorRateSensor({
    windowMs: 60_000,
    minimumSample,
    dependencies: new Map([["graph", graph]]),
  });
  sensor.start(0);
  const times = (count: number, record: () => void): void => {
    for (let time = 0; time < count; time++) record();
  };
  return {
    sensor,
    graph,
    complete: (count: number) => times(count, () => sensor.record({ outcome: "completed", durationMs: 1 })),
    fail: (count: number, errorCode: string, dependency?: string) =>
      times(count, () =>
        sensor.record({ outcome: "failed", errorCode, ...(dependency === undefined ? {} : { dependency }) }),
      ),
  };
}

describe("the error rate", () => {
  it("is the share of the ended operations that failed, in total and by code", () => {
    const { sensor, complete, fail } = sensing();
    complete(5);
    fail(3, "handler_failed");
    sensor.record({ outcome: "dead", errorCode: "attempt_timeout" });
    sensor.record({ outcome: "dead" });
    expect(sensor.read(500)).toMatchObject({
      value: 0.5,
      what: "5 of 10 operations (50 %) failed within 60000 ms",
      values: { failed: 5, ended: 10, mostFrequentCode: "handler_failed" },
      measured: { errorRate: 0.5, errorRateByCode: { handler_failed: 0.3, attempt_timeout: 0.1, unknown: 0.1 } },
    });
  });

  it("is nothing, and not 0 %, while too little has ended", () => {
    const { sensor, complete, fail } = sensing(10);
    expect(sensor.read(0)).toMatchObject({ value: null, measured: { errorRate: null, errorRateByCode: {} } });
    fail(9, "handler_failed");
    expect(sensor.read(1_000).value).toBeNull();
    complete(1);
    expect(sensor.read(2_000).value).toBe(0.9);
  });

  it("is nothing when nothing ended, even where no sample is asked for", () => {
    expect(sensing(0).sensor.read(0).value).toBeNull();
  });

  it("forgets what is older than its window, slice by slice and after a long pause", () => {
    const { sensor, complete, fail } = sensing();
    fail(4, "handler_failed");
    sensor.read(30_000);
    complete(4);
    expect(sensor.read(59_000).value).toBe(0.5);
    expect(sensor.read(61_000).value).toBe(0);
    expect(sensor.read(10_000_000).value).toBeNull();
  });

  it("leaves out what a breaker explains: the failures that opened it, and those while it is not closed", () => {
    const { sensor, graph, complete, fail } = sensing();
    complete(10);
    fail(5, "ServiceUnavailable", "graph");
    expect(sensor.read(0).value).toBeCloseTo(1 / 3);
    Object.assign(graph, { closed: false, generation: 2 });
    fail(7, "ServiceUnavailable", "graph");
    expect(sensor.read(1_000)).toMatchObject({ value: 0, measured: { errorRateByCode: {} } });
    Object.assign(graph, { closed: true, generation: 3 });
    fail(10, "ServiceUnavailable", "graph");
    fail(10, "handler_failed");
    expect(sensor.read(2_000)).toMatchObject({
      value: 20 / 30,
      measured: { errorRateByCode: { ServiceUnavailable: 10 / 30, handler_failed: 10 / 30 } },
    });
  });

  it("leaves out failures of a generation that went between two readings", () => {
    const { sensor, graph, complete, fail } = sensing();
    complete(4);
    fail(4, "ServiceUnavailable", "graph");
    Object.assign(graph, { closed: true, generation: 5 });
    fail(1, "ServiceUnavailable", "graph");
    expect(sensor.read(0).value).toBe(0.2);
  });

  it("counts more codes than it keeps as other, and learns new ones when old ones have gone", () => {
    const { sensor, fail } = sensing();
    for (let code = 0; code < 40; code++) fail(1, `code_${code}`);
    const byCode = sensor.read(0).measured.errorRateByCode ?? {};
    expect(Object.keys(byCode)).toHaveLength(17);
    expect(byCode["other"]).toBe(24 / 40);
    sensor.read(200_000);
    fail(4, "code_39");
    expect(sensor.read(200_500).measured.errorRateByCode).toEqual({ code_39: 1 });
  });
});
