import { describe, expect, it } from "vitest";
import { ResponseTimeSensor } from "../../src/control/sensors/response-time.ts";

const sensing = (minimumSample = 1): ResponseTimeSensor => {
  const sensor = new ResponseTimeSensor({ windowMs: 60_000, minimumSample });
  sensor.start(0);
  return sensor;
};

describe("the response time", () => {
  it("has the quantiles of a million operations within five per cent, in constant memory", () => {
    const sensor = sensing();
    for (let operation = 0; operation < 1_000_000; operation++) sensor.record((operation % 1_000) + 1);
    const { p50, p95, p99 } = sensor.read(0).measured.responseTimeMs!;
    expect(Math.abs(p50 / 500 - 1)).toBeLessThan(0.05);
    expect(Math.abs(p95 / 950 - 1)).toBeLessThan(0.05);
    expect(Math.abs(p99 / 990 - 1)).toBeLessThan(0.05);
  });

  it("takes what is instant, what took weeks, and what a clock that was set back makes of it", () => {
    const sensor = sensing();
    for (const durationMs of [0, -5, 0.001, 30 * 86_400_000, 1e30]) sensor.record(durationMs);
    const { p50, p99 } = sensor.read(0).measured.responseTimeMs!;
    expect(p50).toBeLessThan(0.1);
    expect(p99).toBeGreaterThan(20 * 86_400_000);
  });

  it("forgets what is older than its window", () => {
    const sensor = sensing();
    for (let operation = 0; operation < 100; operation++) sensor.record(5_000);
    sensor.read(30_000);
    for (let operation = 0; operation < 100; operation++) sensor.record(10);
    expect(sensor.read(40_000).measured.responseTimeMs!.p95).toBeGreaterThan(4_000);
    expect(sensor.read(65_000).measured.responseTimeMs!.p95).toBeLessThan(11);
    expect(sensor.read(200_000).measured.responseTimeMs).toBeNull();
  });

  it("is null while too little has ended", () => {
    const sensor = sensing(3);
    sensor.record(1);
    sensor.record(1);
    expect(sensor.read(0).measured.responseTimeMs).toBeNull();
    sensor.record(1);
    expect(sensor.read(0).measured.responseTimeMs).not.toBeNull();
  });
});
