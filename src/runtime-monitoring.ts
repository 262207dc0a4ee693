import type { RuntimeConfig } from "../config/types.ts";
import { lowestRunningRank } from "./admission/admit.ts";
import type { ControlPlane } from "./control/control-plane.ts";
import type { Measurements } from "./control/measurements.ts";
import { SensorLoop } from "./control/sensor-loop.ts";
import { ConnectionFailureSensor } from "./control/sensors/connection-failures.ts";
import { ErrorRateSensor } from "./control/sensors/error-rate.ts";
import { eventLoopSensor } from "./control/sensors/event-loop.ts";
import { measureProcess, memorySensor } from "./control/sensors/memory.ts";
import { ProcessEventLoop, processMemory } from "./control/sensors/process-ports.ts";
import { QueueSensor } from "./control/sensors/queue.ts";
import { replaced, type SensorReadings } from "./control/sensors/replaced.ts";
import { ResponseTimeSensor } from "./control/sensors/response-time.ts";
import type { Sensor } from "./control/sensors/sensor.ts";
import { SlowOperationsSensor } from "./control/sensors/slow-operations.ts";
import { storageSensor } from "./control/sensors/storage.ts";
import type { AttemptsInFlight } from "./dependencies/attempts-in-flight.ts";
import { MisuseError } from "./errors.ts";
import { MemoryPressure, type MemoryPressureCallback, type Relief } from "./memory-pressure.ts";
import type { OperationRegistry } from "./operations/operation-registry.ts";
import type { Clock, Logger } from "./ports.ts";
import type { Journal } from "./queue/journal.ts";
import type { StorageHealth } from "./queue/storage-health.ts";
import type { RuntimeEventBus } from "./runtime-events.ts";
import type { Reader } from "./storage/open-reader.ts";
import { waitingRows } from "./storage/pool-counts.ts";
import { countParked } from "./storage/reads/drain-remainder.ts";
import { countReady, oldestWaiting } from "./storage/reads/oldest-waiting.ts";
import type { TimerWheel } from "./timer-wheel.ts";

export interface MonitoringParts {
  readonly config: RuntimeConfig;
  /** In the place of the built-in sensors, where they are given; checked by `checkReadings`. */
  readonly readings: SensorReadings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wheel: TimerWheel;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly registry: OperationRegistry;
  readonly attempts: AttemptsInFlight;
  readonly storage: StorageHealth;
  readonly events: RuntimeEventBus;
  readonly control: ControlPlane;
}

/** Drains that are under way; a disputed one waits for a person, and nothing waits on it. */
const UNFINISHED: ReadonlySet<string> = new Set(["filling", "marking", "draining", "verifying"]);
/** More than so many rows are not counted by a query. */
const COUNT_TO = 10_000;

/** The sensors of one runtime, and who can give its memory back. */
export class Monitoring {
  readonly #loop: SensorLoop;
  readonly #events: RuntimeEventBus;
  readonly #errorRate: ErrorRateSensor;
  readonly #responseTime: ResponseTimeSensor;
  readonly #memory: Sensor;
  readonly #pressure: MemoryPressure;
  readonly #clock: Clock;

  constructor(parts: MonitoringParts) {
    const { config, readings, clock, logger, registry, events, control } = parts;
    const { sensing } = config;
    const dependencies = [...registry.dependencies.values()];
    this.#clock = clock;
    this.#events = events;
    this.#pressure = new MemoryPressure(parts.wheel, logger);
    this.#errorRate = new ErrorRateSensor({ ...sensing, dependencies: registry.dependencies });
    this.#responseTime = new ResponseTimeSensor(sensing);
    this.#memory = replaced(memorySensor(processMemory), readings.memory, (usage) => ({
      memory: { ...measureProcess(processMemory), container: null, usage },
    }));
    const eventLoop = new ProcessEventLoop();
    const sensors: readonly Sensor[] = [
      this.#memory,
      replaced(eventLoopSensor(eventLoop), readings.eventLoopDelayMs, (delayP99Ms) => {
        const taken = eventLoop.take();
        return { eventLoop: taken === null ? null : { ...taken, delayP99Ms } };
      }),
      replaced(this.#errorRate, readings.errorRate, (errorRate) => ({
        ...this.#errorRate.read(clock.monotonicMs()).measured,
        errorRate,
      })),
      this.#responseTime,
      replaced(
        new SlowOperationsSensor({ ...sensing, inFlight: () => parts.attempts.all() }),
        readings.slowOperations,
        (slowOperations) => ({ slowOperations }),
      ),
      replaced(queueSensor(parts), readings.queueDepth, (unexplainedDepth) => ({
        queue: {
          depth: waitingRows(parts.journal.counts),
          unexplainedDepth,
          readmittedDepth: 0,
          oldestWaitingMs: null,
        },
      })),
      replaced(
        storageSensor(() => parts.storage.state),
        readings.storageLost,
        () => ({}),
      ),
      ...dependencies.map(({ name, counters }) =>
        replaced(
          new ConnectionFailureSensor({ ...sensing, dependency: name, counts: () => counters }),
          readings.connectionFailures?.[name],
          (rate) => ({ connectionFailureRate: { [name]: rate } }),
        ),
      ),
    ];
    this.#loop = new SensorLoop({
      ...sensing,
      clock,
      logger,
      sensors,
      dependencies: dependencies.map(({ name }) => name),
      sense: (trigger, word) => control.sense(trigger, word),
    });
  }

  get running(): boolean {
    return this.#loop.running;
  }

  get measurements(): Measurements | undefined {
    return this.#loop.measurements;
  }

  onMeasured(listener: (measurements: Measurements) => void): () => void {
    return this.#loop.onMeasured(listener);
  }

  start(): void {
    if (this.running) return;
    this.#loop.start();
    this.#events.measure = (end) => {
      this.#errorRate.record(end);
      if (end.durationMs !== undefined) this.#responseTime.record(end.durationMs);
    };
  }

  /** For the end of the process: triggers keep their dwells, which the next process goes on with. */
  stop(): void {
    this.#events.measure = undefined;
    this.#loop.stop();
  }

  /** For a while: triggers hear that nobody observes. */
  pause(): void {
    this.#events.measure = undefined;
    this.#loop.pause();
  }

  onMemoryPressure(callback: MemoryPressureCallback): () => void {
    return this.#pressure.add(callback);
  }

  /** Calls everybody who can give memory back. Never rejects. */
  relieveMemory(): Promise<Relief> {
    return this.#pressure.relieve();
  }

  /** The share of memory in use, now; null when it cannot be measured. Never rejects. */
  async measureMemory(): Promise<number | null> {
    try {
      const { value } = await this.#memory.read(this.#clock.monotonicMs());
      return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
    } catch {
      return null;
    }
  }
}

/** @throws MisuseError `invalid_options` */
export function checkSensing({
  intervalMs,
  sensorTimeoutMs,
  windowMs,
  slowOperationMs,
}: RuntimeConfig["sensing"]): void {
  const wrong =
    intervalMs < 1 || sensorTimeoutMs < 1
      ? "sensing.intervalMs and sensing.sensorTimeoutMs are at least 1"
      : windowMs < intervalMs
        ? "sensing.windowMs is at least sensing.intervalMs: a window that ends before the next reading is always empty"
        : slowOperationMs < intervalMs
          ? "sensing.slowOperationMs is at least sensing.intervalMs: slow operations are looked for once per interval"
          : undefined;
  if (wrong !== undefined) throw new MisuseError("invalid_options", `${wrong}.`);
}

function queueSensor({
  journal,
  reader: { database },
  registry,
  control,
  clock,
  config,
}: MonitoringParts): QueueSensor {
  const countTo = Math.max(COUNT_TO, Math.ceil(config.triggers.queue_overflow.enter) + 1);
  return new QueueSensor({
    pools: registry.pools,
    counts: journal.counts,
    draining: () =>
      new Set(
        control
          .status()
          .drains.filter(({ state }) => UNFINISHED.has(state))
          .map(({ dependency }) => dependency),
      ),
    lowestRank: () => lowestRunningRank(control.policy),
    countReady: (pools, lowestRank) => countReady(database, pools, lowestRank, countTo),
    countParked: async (pools) => {
      const parked = await countParked(database, pools, COUNT_TO, "give_up");
      return parked < COUNT_TO ? parked : Number.POSITIVE_INFINITY;
    },
    oldestAcceptedAt: (pools, { lowestRank, blockedToo }) =>
      oldestWaiting(database, { pools, lowestPriority: lowestRank, blockedToo }),
    now: () => clock.now(),
  });
}
