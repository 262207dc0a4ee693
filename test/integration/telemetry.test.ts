import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createRuntime, defineOperation, dependency, HandlerError } from "holdfast";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { activeTracing } from "../../src/telemetry/tracing.ts";
import { temporaryFolder } from "../support/ledger.ts";

const SECRET = "planted-secret-4711";

afterEach(() => {
  trace.disable();
  metrics.disable();
  context.disable();
});

async function service() {
  const search = dependency({ name: "search", probe: () => Promise.resolve() });
  const weigh = defineOperation({
    name: "scale.weigh",
    version: 1,
    input: z.object({ id: z.string() }),
    execute: async ({ input: { id } }) => {
      if (id === "bad") throw new HandlerError("no_scale", `the scale is missing ${SECRET}`);
      // A span of the handler's own.
      return trace.getTracer("test").startActiveSpan("weighing", async (span) => {
        span.end();
        return SECRET;
      });
    },
  });
  const runtime = await createRuntime({
    dataDirectory: temporaryFolder(),
    operations: [weigh],
    dependencies: [search],
    config: { operations: { retry: { maximumAttempts: 1 } } },
  });
  onTestFinished(() => runtime.stop());
  return { runtime, search, weigh };
}

describe("spans", () => {
  test("there are none, and nobody is asked for any, where no SDK is there", async () => {
    const { runtime, weigh } = await service();
    expect(activeTracing()).toBeUndefined();
    expect(await runtime.submit(weigh, { id: "a" })).toMatchObject({ status: "completed" });
  });

  test("tell of each submit, attempt and call how it ended, in codes, and hold the handler's own", async () => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const { runtime, search, weigh } = await service();
    const outcome = await runtime.submit(weigh, { id: "a" });
    await runtime.submit(weigh, { id: "bad" });
    await runtime.call(search, () => Promise.resolve(SECRET));
    await runtime.submitByName("scale.weigh", { id: 7 });
    const spans = exporter.getFinishedSpans();
    const told = spans.map(({ name, attributes, status }) => ({ name, ...attributes, error: status.code === 2 }));
    expect(told).toEqual(
      expect.arrayContaining([
        {
          name: "holdfast.submit",
          "holdfast.operation.name": "scale.weigh",
          "holdfast.outcome": "completed",
          "holdfast.operation.id": outcome.status === "completed" ? outcome.operationId : "",
          error: false,
        },
        {
          name: "holdfast.execute",
          "holdfast.operation.name": "scale.weigh",
          "holdfast.attempt": 1,
          "holdfast.outcome": "completed",
          "holdfast.replayed": false,
          error: false,
        },
        expect.objectContaining({ name: "holdfast.execute", "error.type": "no_scale", error: true }),
        expect.objectContaining({ name: "holdfast.submit", "holdfast.outcome": "failed", "error.type": "no_scale" }),
        expect.objectContaining({ name: "holdfast.submit", "holdfast.reason": "invalid_input", error: false }),
        expect.objectContaining({ name: "holdfast.call", "holdfast.dependency.name": "search" }),
      ]),
    );
    const attempt = spans.find(({ name }) => name === "holdfast.execute");
    const weighing = spans.find(({ name }) => name === "weighing");
    expect(weighing?.parentSpanContext?.spanId).toBe(attempt?.spanContext().spanId);
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });
});

describe("metrics", () => {
  test("are those of /metrics, read when the SDK collects, and no more after the stop", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    const { runtime, weigh } = await service();
    await runtime.submit(weigh, { id: "a" });
    const collected = async () =>
      (await reader.collect()).resourceMetrics.scopeMetrics.flatMap(({ metrics: all }) => all);
    const all = await collected();
    const valueOf = (name: string, attributes: Readonly<Record<string, string>>) =>
      all
        .find(({ descriptor }) => descriptor.name === name)
        ?.dataPoints.find((point) => JSON.stringify(point.attributes) === JSON.stringify(attributes))?.value;
    expect(valueOf("holdfast.operations.ended", { priority: "normal", outcome: "completed" })).toBe(1);
    expect(valueOf("holdfast.mode.in_force", { mode: "normal" })).toBe(1);
    expect(valueOf("holdfast.breaker.state", { dependency: "search", state: "closed" })).toBe(1);
    expect(valueOf("holdfast.operation.duration", { priority: "normal", outcome: "completed" })).toMatchObject({
      count: 1,
    });
    const names = runtime.instruments().flatMap(({ name, samples }) => (samples.length > 0 ? [name] : []));
    expect(all.map(({ descriptor }) => descriptor.name)).toEqual(expect.arrayContaining(names));
    const reads = vi.spyOn(runtime, "instruments");
    await collected();
    expect(reads).toHaveBeenCalledOnce();
    await runtime.stop();
    await collected();
    expect(reads).toHaveBeenCalledOnce();
  });
});
