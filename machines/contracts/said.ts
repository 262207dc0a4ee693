import type { Cause } from "./cause.ts";

/** What every event carries: when it happened (milliseconds since 1970), and who or what led to it. */
export interface Said {
  readonly at: number;
  readonly cause: Cause;
}
