import { createNoopMeter, metrics, type Observable } from "@opentelemetry/api";
import type { Instrument } from "./instrument.ts";
import { DURATION_BOUNDS_MS, type OperationMeters } from "./operation-meters.ts";

/**
 * Shows instruments to OpenTelemetry, where an SDK has registered a provider before; else nothing is done, and
 * nothing costs. Values are read when the SDK collects.
 *
 * @returns takes this back
 */
export function observeInstruments(read: () => readonly Instrument[], meters: OperationMeters): () => void {
  const meter = metrics.getMeter("holdfast");
  if (meter.constructor === createNoopMeter().constructor) return () => {};
  const observables = new Map<string, Observable>();
  for (const { name, kind, unit, description } of read()) {
    if (kind === "counter") observables.set(name, meter.createObservableCounter(name, { unit, description }));
    if (kind === "gauge") observables.set(name, meter.createObservableGauge(name, { unit, description }));
    if (kind === "histogram") {
      const histogram = meter.createHistogram(name, {
        unit,
        description,
        advice: { explicitBucketBoundaries: DURATION_BOUNDS_MS.map((ms) => ms / 1_000) },
      });
      meters.record = (durationMs, priority, outcome) => histogram.record(durationMs / 1_000, { priority, outcome });
    }
  }
  const all = [...observables.values()];
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = (result) => {
    for (const instrument of read()) {
      const observable = observables.get(instrument.name);
      if (observable === undefined || instrument.kind === "histogram") continue;
      for (const { labels, value } of instrument.samples) result.observe(observable, value, labels);
    }
  };
  meter.addBatchObservableCallback(observe, all);
  return () => {
    meter.removeBatchObservableCallback(observe, all);
    meters.record = undefined;
  };
}
