import type { Cause } from "../../../machines/contracts/cause.ts";
import type { Measurements } from "../measurements.ts";

/** What one sensor adds to the measurements. */
export type Measured = Partial<Omit<Measurements, "at">>;

export interface Reading {
  /** For its trigger. Null: it works, and there was too little to measure. */
  readonly value: number | null;
  /** What was measured, in words that read after "because". */
  readonly what: string;
  readonly values?: Cause["values"];
  readonly measured: Measured;
}

/**
 * Measures one thing. It may throw, hang or answer what is no number: the loop that reads it says `failed` then. Times
 * are monotonic; nobody else tells a sensor the time, so what is recorded between two readings costs no look at a clock.
 */
export interface Sensor {
  readonly name: string;
  /** The id of the condition whose trigger it feeds; undefined for what no mode answers to. */
  readonly trigger: string | undefined;
  /** Forgets what it knew; what is measured counts from now. */
  start?(nowMs: number): void;
  stop?(): void;
  read(nowMs: number): Reading | Promise<Reading>;
}

/** 0.8312 as "83 %". */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
