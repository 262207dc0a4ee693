import { LiveCounters } from "../../src/live/live-counters.ts";
import { describe, expect, test } from "vitest";

describe("the counters behind the charts", () => {
  test("count what was accepted and how it ended, and begin anew when they are taken", () => {
    const counters = new LiveCounters();
    counters.accept();
    counters.accept();
    counters.ended({ outcome: "completed", priority: "high", durationMs: 3 });
    counters.ended({ outcome: "failed", priority: "low", durationMs: 5 });
    counters.ended({ outcome: "dead" });

    expect(counters.take()).toMatchObject({ accepted: 2, completed: 1, failed: 1, dead: 1 });
    expect(counters.take()).toEqual({ accepted: 0, completed: 0, failed: 0, dead: 0, latency: [] });
  });

  test("tell each priority's times apart, most urgent first, and say nothing of one of which nothing ended", () => {
    const counters = new LiveCounters();
    for (let n = 1; n <= 99; n++) counters.ended({ outcome: "completed", priority: "low", durationMs: 10 });
    for (let n = 1; n <= 2; n++) counters.ended({ outcome: "completed", priority: "low", durationMs: 1_000 });
    counters.ended({ outcome: "completed", priority: "critical", durationMs: 2 });

    const [critical, low, ...others] = counters.take().latency;
    expect(others).toEqual([]);
    expect(critical).toMatchObject({ priority: "critical", ended: 1 });
    expect(low).toMatchObject({ priority: "low", ended: 101 });
    expect(low!.p50Ms).toBeCloseTo(10, -0.5);
    expect(low!.p99Ms).toBeGreaterThan(900);
    expect(low!.p99Ms).toBeLessThan(1_100);
  });
});
