import { MisuseError } from "../../errors.ts";
import type { Measured, Sensor } from "./sensor.ts";

/** Null: there was too little to measure. What throws, hangs or is no number of at least 0 has failed. */
export type ReadValue = () => number | null | Promise<number | null>;

/**
 * Readings of your own in the place of the built-in ones: what your platform knows better than the process, or what a
 * test plants. Each is read once per `sensing.intervalMs`.
 */
export interface SensorReadings {
  /** Share of the memory there is, 0 to 1. */
  readonly memory?: ReadValue;
  /** Share of the ended operations that failed, 0 to 1. */
  readonly errorRate?: ReadValue;
  /** Operations that take longer than `sensing.slowOperationMs`. */
  readonly slowOperations?: ReadValue;
  /** Operations that wait and that no outage explains. */
  readonly queueDepth?: ReadValue;
  /** 99th percentile of the event loop's delay. */
  readonly eventLoopDelayMs?: ReadValue;
  /** 1 while nothing can be written to the journal, else 0. */
  readonly storageLost?: ReadValue;
  /** Share of the calls that failed, 0 to 1, by dependency. */
  readonly connectionFailures?: Readonly<Record<string, ReadValue>>;
}

const READINGS: readonly (keyof SensorReadings)[] = [
  "memory",
  "errorRate",
  "slowOperations",
  "queueDepth",
  "eventLoopDelayMs",
  "storageLost",
  "connectionFailures",
];

/** @throws MisuseError `invalid_options` */
export function checkReadings(readings: unknown, dependencies: readonly string[]): void {
  if (readings === undefined) return;
  for (const [name, reading] of entriesOf("sensors", readings)) {
    if (!READINGS.some((known) => known === name)) throw unknown("sensors", name, READINGS);
    if (name !== "connectionFailures") checkReading(`sensors.${name}`, reading);
    else if (reading !== undefined)
      for (const [dependency, read] of entriesOf("sensors.connectionFailures", reading)) {
        if (!dependencies.includes(dependency)) throw unknown("sensors.connectionFailures", dependency, dependencies);
        checkReading(`sensors.connectionFailures.${dependency}`, read);
      }
  }
}

/** `sensor` with another value: its own is not read, so that it cannot hold up, or fail, what stands in its place. */
export const replaced = (
  sensor: Sensor,
  read: ReadValue | undefined,
  measured: (value: number) => Measured,
): Sensor => {
  if (read === undefined) return sensor;
  return {
    name: sensor.name,
    trigger: sensor.trigger,
    start: (nowMs) => sensor.start?.(nowMs),
    stop: () => sensor.stop?.(),
    async read() {
      const value = await read();
      const what = `the service's own sensor of ${sensor.name}`;
      if (value === null) return { value, what: `${what} had nothing to measure`, measured: {} };
      return { value, what: `${what} read ${value}`, values: { value }, measured: measured(value) };
    },
  };
};

function entriesOf(where: string, value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MisuseError("invalid_options", `${where} is an object of functions that read a value.`);
  return Object.entries(value);
}

function checkReading(where: string, reading: unknown): void {
  if (reading !== undefined && typeof reading !== "function")
    throw new MisuseError("invalid_options", `${where} is a function that reads a value, not a ${typeof reading}.`);
}

const unknown = (where: string, name: string, known: readonly string[]): MisuseError =>
  new MisuseError(
    "invalid_options",
    `There is no ${where}.${name}; there are: ${known.length === 0 ? "none" : known.join(", ")}.`,
  );
