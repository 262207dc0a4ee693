import type { Clock, Logger, TimerHandle } from "../ports.ts";
import type { SensorWord } from "./control-doors.ts";
import { Listeners } from "./listeners.ts";
import type { Measurements } from "./measurements.ts";
import type { Measured, Reading, Sensor } from "./sensors/sensor.ts";

export interface SensorLoopPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sensors: readonly Sensor[];
  readonly dependencies: readonly string[];
  readonly intervalMs: number;
  readonly sensorTimeoutMs: number;
  /** Tells a trigger what its sensor measured. */
  readonly sense: (trigger: string, word: SensorWord) => void;
}

/**
 * Reads every sensor once per interval and tells the triggers. Whatever a sensor does, its trigger hears the truth:
 * throwing, hanging and numbers that are none are `failed`, too little to measure is `nothing`. A sensor that hangs is
 * not asked again before it has answered, and holds up nobody: the others have spoken by then.
 */
export class SensorLoop {
  readonly #ports: SensorLoopPorts;
  readonly #listeners: Listeners<Measurements>;
  readonly #hanging = new Set<Sensor>();
  readonly #failed = new Set<Sensor>();
  #timer: TimerHandle | undefined;
  /** Grows with every start and stop: a round that finds another number speaks no more. */
  #term = 0;
  #running = false;
  #measurements: Measurements | undefined;

  constructor(ports: SensorLoopPorts) {
    this.#ports = ports;
    this.#listeners = new Listeners("onMeasured", ports.logger);
  }

  get running(): boolean {
    return this.#running;
  }

  /** Of the last round; undefined before the first one, and from a stop on: what is old is not measured. */
  get measurements(): Measurements | undefined {
    return this.#measurements;
  }

  /** Called at the end of each round. Returns a function that takes this back. */
  onMeasured(listener: (measurements: Measurements) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** The first round comes after one interval: before that there is nothing to measure. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#term += 1;
    const { clock, intervalMs, sensors } = this.#ports;
    const nowMs = clock.monotonicMs();
    for (const sensor of sensors)
      try {
        sensor.start?.(nowMs);
      } catch (error) {
        this.#logFailure(sensor, nameOf(error));
      }
    this.#schedule(nowMs + intervalMs);
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#term += 1;
    this.#timer?.cancel();
    this.#measurements = undefined;
    for (const sensor of this.#ports.sensors)
      try {
        sensor.stop?.();
      } catch (error) {
        this.#logFailure(sensor, nameOf(error));
      }
  }

  /** `stop`, said aloud: nobody observes from now on, so no dwell may go on, neither towards raising nor to clearing. */
  pause(): void {
    if (!this.#running) return;
    this.stop();
    for (const sensor of this.#ports.sensors) this.#say(sensor, { kind: "failed", what: "monitoring was stopped" });
  }

  #schedule(dueMs: number): void {
    const { clock } = this.#ports;
    const term = this.#term;
    this.#timer = clock.setTimer(() => void this.#round(term, dueMs), Math.max(0, dueMs - clock.monotonicMs()));
  }

  /** One reading of all. The next comes an interval after this one was due, or when this one is done if that is later. */
  async #round(term: number, dueMs: number): Promise<void> {
    const { clock, sensors, dependencies, intervalMs } = this.#ports;
    const nowMs = clock.monotonicMs();
    const answers = await Promise.all(sensors.map((sensor) => this.#ask(sensor, nowMs, term)));
    if (term !== this.#term) return;
    this.#measurements = merge(clock.now(), dependencies, answers);
    this.#schedule(Math.max(dueMs + intervalMs, clock.monotonicMs()));
    this.#listeners.tell(this.#measurements);
  }

  /** Asks one sensor and tells its trigger. What it adds to the measurements; nothing when it failed. */
  async #ask(sensor: Sensor, nowMs: number, term: number): Promise<Measured> {
    let reading: Reading;
    try {
      reading = await this.#read(sensor, nowMs);
      checkValue(reading.value);
    } catch (error) {
      if (term === this.#term) this.#sayFailed(sensor, error instanceof SensorFault ? error.message : nameOf(error));
      return {};
    }
    if (term !== this.#term) return {};
    if (this.#failed.delete(sensor)) this.#ports.logger.info({ sensor: sensor.name }, "a sensor works again");
    const { value, what, values } = reading;
    if (value === null) this.#say(sensor, { kind: "nothing", what });
    else this.#say(sensor, { kind: "value", value, what, ...(values === undefined ? {} : { values }) });
    return reading.measured;
  }

  /** Its reading, or a rejection when it throws, or has not answered in time. */
  #read(sensor: Sensor, nowMs: number): Promise<Reading> {
    const { clock, sensorTimeoutMs } = this.#ports;
    if (this.#hanging.has(sensor)) return Promise.reject(new SensorFault("it has not answered an earlier question"));
    const read = sensor.read(nowMs);
    if (!(read instanceof Promise)) return Promise.resolve(read);
    this.#hanging.add(sensor);
    const done = (): void => void this.#hanging.delete(sensor);
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(
        () => reject(new SensorFault(`it did not answer within ${sensorTimeoutMs} ms`)),
        sensorTimeoutMs,
      );
      read
        .finally(() => {
          timer.cancel();
          done();
        })
        .then(resolve, reject);
    });
  }

  #sayFailed(sensor: Sensor, how: string): void {
    this.#say(sensor, { kind: "failed", what: `the sensor of ${sensor.name} failed: ${how}` });
    if (!this.#failed.has(sensor)) this.#logFailure(sensor, how);
    this.#failed.add(sensor);
  }

  #say({ trigger }: Sensor, word: SensorWord): void {
    if (trigger === undefined) return;
    try {
      this.#ports.sense(trigger, word);
    } catch (error) {
      this.#ports.logger.error({ trigger, threw: nameOf(error) }, "a trigger could not be told what was measured");
    }
  }

  #logFailure(sensor: Sensor, how: string): void {
    this.#ports.logger.error({ sensor: sensor.name, how }, "a sensor failed; what it measures is unknown");
  }
}

/** What the loop itself finds wrong with a sensor: unlike a foreign error's, its message may be told. */
class SensorFault extends Error {}

function checkValue(value: number | null): void {
  if (value === null) return;
  if (typeof value !== "number") throw new SensorFault(`it measured a ${typeof value}`);
  if (!Number.isFinite(value) || value < 0) throw new SensorFault(`it measured ${value}`);
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : `it threw a ${typeof error}`);

function merge(at: number, dependencies: readonly string[], answers: readonly Measured[]): Measurements {
  const nothing: Measurements = {
    at,
    memory: null,
    errorRate: null,
    errorRateByCode: {},
    responseTimeMs: null,
    eventLoop: null,
    queue: null,
    slowOperations: null,
    connectionFailureRate: {},
  };
  const rates: Record<string, number | null> = Object.fromEntries(dependencies.map((name) => [name, null]));
  for (const { connectionFailureRate } of answers) Object.assign(rates, connectionFailureRate);
  return Object.freeze(Object.assign(nothing, ...answers, { connectionFailureRate: Object.freeze(rates) }));
}
