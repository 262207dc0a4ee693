import { BREAKER_STATES } from "../machines/contracts/breaker.ts";
import { MODES } from "../machines/contracts/modes.ts";
import { PRIORITIES } from "../machines/contracts/priority.ts";
import { ALERT_SEVERITIES, type Alert } from "./alerts/alert.ts";
import type { RuntimeStatus } from "./runtime-status.ts";
import type { Instrument, Labels, Sample } from "./telemetry/instrument.ts";
import { DURATION_BOUNDS_MS, type OperationMeters, OUTCOMES, UNKNOWN_PRIORITY } from "./telemetry/operation-meters.ts";

export interface InstrumentSource {
  readonly status: RuntimeStatus;
  readonly meters: OperationMeters;
  readonly unresolvedAlerts: readonly Alert[];
  readonly subscribers: number;
}

/** Every state that a dependency can be in, so that one that left a state is seen to have left it. */
const STATES = [...BREAKER_STATES, "ownerless"] as const;

const gauge = (name: string, unit: string, description: string, samples: readonly Sample[]): Instrument => ({
  name,
  unit,
  description,
  kind: "gauge",
  samples,
});

const one = (value: number | null | undefined, labels: Labels = {}): Sample[] =>
  value === null || value === undefined ? [] : [{ labels, value }];

const seconds = (ms: number | null | undefined): number | null | undefined =>
  ms === null || ms === undefined ? ms : ms / 1_000;

/**
 * What a runtime measures, for Prometheus and OpenTelemetry alike. Labels are priorities, outcomes, states, modes and the
 * names of dependencies, and nothing that a caller can choose.
 */
export function runtimeInstruments(source: InstrumentSource): readonly Instrument[] {
  return [...operations(source), ...queue(source), ...dependencies(source), ...control(source), ...processes(source)];
}

function operations({ meters }: InstrumentSource): Instrument[] {
  const ended = [...PRIORITIES, UNKNOWN_PRIORITY].flatMap((priority, rank) =>
    OUTCOMES.map((outcome, index) => ({ labels: { priority, outcome }, value: meters.ended[rank]![index]! })),
  );
  return [
    {
      name: "holdfast.operations.accepted",
      unit: "{operation}",
      description: "Operations put on disk by this process.",
      kind: "counter",
      samples: [{ labels: {}, value: meters.accepted }],
    },
    {
      name: "holdfast.operations.ended",
      unit: "{operation}",
      description: "Operations that ended in this process, on disk or off it; dead: became dead letters.",
      kind: "counter",
      samples: ended,
    },
    {
      name: "holdfast.operation.duration",
      unit: "s",
      description: "From submit to end.",
      kind: "histogram",
      samples: PRIORITIES.map((priority, rank) => ({
        labels: { priority },
        bounds: DURATION_BOUNDS_MS.map((ms) => ms / 1_000),
        counts: [...meters.durations[rank]!.buckets],
        sum: meters.durations[rank]!.sumMs / 1_000,
      })),
    },
  ];
}

function queue({ status: { queue: waiting, measurements } }: InstrumentSource): Instrument[] {
  const byState = Object.entries(waiting.counts).map(([state, value]) => ({ labels: { state }, value }));
  return [
    gauge("holdfast.queue.operations", "{operation}", "Operations on disk that have not ended, by state.", byState),
    gauge("holdfast.queue.size", "By", "Input of all operations that have not ended.", one(waiting.waitingBytes)),
    gauge(
      "holdfast.queue.oldest.age",
      "s",
      "How long the oldest waiting operation has waited.",
      one(seconds(measurements?.queue?.oldestWaitingMs ?? (measurements?.queue ? 0 : undefined))),
    ),
    gauge("holdfast.submits.pending", "{operation}", "Submits on their way to the disk.", one(waiting.pendingSubmits)),
    gauge("holdfast.runs.in_flight", "{run}", "Runs that are being executed.", one(waiting.inFlight)),
    gauge("holdfast.disk.free", "By", "Free space where the journal is.", one(waiting.freeDiskBytes)),
  ];
}

function dependencies({ status: { control: plane, dependencies: all } }: InstrumentSource): Instrument[] {
  const each = (value: (dependency: (typeof all)[number]) => number): Sample[] =>
    all.map((dependency) => ({ labels: { dependency: dependency.name }, value: value(dependency) }));
  const states = all.flatMap(({ name }) => {
    const now = plane.policy.dependencies[name]?.state ?? "ownerless";
    return STATES.map((state) => ({ labels: { dependency: name, state }, value: state === now ? 1 : 0 }));
  });
  return [
    gauge("holdfast.breaker.state", "{state}", "1 for the state that a dependency's breaker is in.", states),
    gauge(
      "holdfast.dependency.concurrency.limit",
      "{call}",
      "Calls that may be in flight now.",
      each(({ limit }) => limit),
    ),
    gauge(
      "holdfast.dependency.concurrency.in_use",
      "{call}",
      "Calls in flight.",
      each(({ inUse }) => inUse),
    ),
    gauge(
      "holdfast.dependency.window.calls",
      "{call}",
      "Calls in the breaker's window.",
      each(({ windowCalls }) => windowCalls),
    ),
    gauge(
      "holdfast.dependency.window.failures",
      "{call}",
      "Failed calls in the breaker's window.",
      each(({ windowFailures }) => windowFailures),
    ),
  ];
}

function control({ status: { control: plane, storage }, unresolvedAlerts, subscribers }: InstrumentSource) {
  const inForce = new Set(plane.policy.modes.map(({ mode }) => mode));
  return [
    gauge(
      "holdfast.mode.in_force",
      "{mode}",
      "1 for each mode that is in force.",
      MODES.map((mode) => ({ labels: { mode }, value: inForce.has(mode) ? 1 : 0 })),
    ),
    gauge("holdfast.pin.held", "{pin}", "1 while a person has forced a mode.", one(plane.pinState === "free" ? 0 : 1)),
    gauge(
      "holdfast.alerts.unresolved",
      "{alert}",
      "Alerts that are not resolved.",
      ALERT_SEVERITIES.map((severity) => ({
        labels: { severity },
        value: unresolvedAlerts.filter((alert) => alert.severity === severity).length,
      })),
    ),
    gauge("holdfast.storage.working", "{state}", "1 while operations can be put on disk.", [
      { labels: {}, value: storage === "working" ? 1 : 0 },
    ]),
    gauge("holdfast.subscribers", "{subscriber}", "Readers of changes and alerts.", one(subscribers)),
  ];
}

function processes({ status: { measurements } }: InstrumentSource): Instrument[] {
  const { memory, eventLoop } = measurements ?? { memory: null, eventLoop: null };
  const shares = (
    [
      ["heap", memory?.heap],
      ["process", memory?.process],
      ["container", memory?.container],
    ] as const
  ).flatMap(([of, value]) => one(value, { of }));
  return [
    gauge("holdfast.memory.usage", "1", "Share of what there is, as the sensors measured last.", shares),
    gauge("holdfast.process.heap.used", "By", "V8's heap in use.", one(process.memoryUsage().heapUsed)),
    gauge(
      "holdfast.event_loop.delay",
      "s",
      "99th percentile of the last two intervals.",
      one(seconds(eventLoop?.delayP99Ms)),
    ),
    gauge("holdfast.event_loop.utilization", "1", "Of the last interval.", one(eventLoop?.utilization)),
  ];
}
