import { describe, expect, test } from "vitest";
import { OperationMeters } from "../../src/telemetry/operation-meters.ts";
import { prometheusText } from "../../src/telemetry/prometheus-text.ts";

describe("Prometheus text", () => {
  test("names by unit and kind, and escapes what a label may hold", () => {
    expect(
      prometheusText([
        {
          name: "holdfast.queue.oldest.age",
          unit: "s",
          description: "How long\nit waits.",
          kind: "gauge",
          samples: [{ labels: { dependency: 'a"b\\c\nd' }, value: 1.5 }],
        },
        {
          name: "holdfast.operations.ended",
          unit: "{operation}",
          description: "Ended.",
          kind: "counter",
          samples: [{ labels: {}, value: 3 }],
        },
      ]),
    ).toBe(
      [
        "# HELP holdfast_queue_oldest_age_seconds How long\\nit waits.",
        "# TYPE holdfast_queue_oldest_age_seconds gauge",
        'holdfast_queue_oldest_age_seconds{dependency="a\\"b\\\\c\\nd"} 1.5',
        "# HELP holdfast_operations_ended_total Ended.",
        "# TYPE holdfast_operations_ended_total counter",
        "holdfast_operations_ended_total 3",
        "",
      ].join("\n"),
    );
  });

  test("has the buckets of a histogram add up", () => {
    const text = prometheusText([
      {
        name: "holdfast.operation.duration",
        unit: "s",
        description: "Took.",
        kind: "histogram",
        samples: [{ labels: { priority: "high" }, bounds: [0.1, 1], counts: [2, 1, 4], sum: 9.5 }],
      },
    ]);
    expect(text.split("\n").slice(2)).toEqual([
      'holdfast_operation_duration_seconds_bucket{priority="high",le="0.1"} 2',
      'holdfast_operation_duration_seconds_bucket{priority="high",le="1"} 3',
      'holdfast_operation_duration_seconds_bucket{priority="high",le="+Inf"} 7',
      'holdfast_operation_duration_seconds_sum{priority="high"} 9.5',
      'holdfast_operation_duration_seconds_count{priority="high"} 7',
      "",
    ]);
  });
});

describe("meters of operations", () => {
  test("count each end once, by priority and outcome, and its time in one bucket", () => {
    const meters = new OperationMeters();
    meters.count({ outcome: "completed", priority: "critical", durationMs: 1 });
    meters.count({ outcome: "completed", priority: "critical", durationMs: 1.1 });
    meters.count({ outcome: "failed", priority: "deferred", durationMs: 10_000_000 });
    meters.count({ outcome: "dead" });
    expect(meters.ended.map((outcomes) => [...outcomes])).toEqual([
      [2, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(meters.durations[0]).toMatchObject({ sumMs: 2.1 });
    expect([...(meters.durations[0]?.buckets ?? [])].slice(0, 3)).toEqual([1, 1, 0]);
    expect(meters.durations[4]?.buckets.at(-1)).toBe(1);
  });
});
