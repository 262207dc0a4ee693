/**
 * Who or what led to an event. Every event, transition and error carries one, so that "why?" can be
 * answered by following causes back to a measured value, a person or a start.
 */
export interface Cause {
  /** The actor that acted: `breaker:graph`, `person:anna`, `calls:graph`, `start`. */
  readonly actor: string;
  /** What happened, in words that read after "because": `5 failures in a row`. */
  readonly what: string;
  /** The values that decided, with their thresholds beside them: `{ consecutiveFailures: 5, limit: 5 }`. Never secrets. */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
  /** The cause of this cause. Chains are short: a machine passes on the cause it acted on. */
  readonly because?: Cause;
}
