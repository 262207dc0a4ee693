/** What the runtime needs from outside itself. Everything here can be replaced, so that everything can be simulated. */

/** Time. Durations are measured with `monotonicMs`; `now` is only for what is shown or stored. */
export interface Clock {
  /** Wall time, milliseconds since 1970, whole. May jump. */
  now(): number;
  /** Milliseconds since some start, with fractions. Never goes back. */
  monotonicMs(): number;
  /** Calls back once after at least `delayMs`, also for delays above 24 days. Does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): TimerHandle;
}

export interface TimerHandle {
  cancel(): void;
}

/** Randomness, for jitter and identifiers of processes; never for secrets. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log lines. Fields never carry payloads, credentials or raw error texts of a dependency. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
