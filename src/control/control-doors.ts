import type { Cause } from "../../machines/contracts/cause.ts";
import type { Mode } from "../../machines/contracts/modes.ts";
import type { Pin } from "../../machines/contracts/pin-events.ts";
import type { TriggerDefinition, TriggerState } from "../../machines/contracts/triggers.ts";

/*
 * What persons and sensors may tell the control plane. Times are wall time. Everything answers at once, with what is
 * true when it returns; `unavailable`, or false, says that the actor it is for is down: say it again, nothing is kept.
 */

export interface PinWish {
  readonly mode: Mode;
  readonly owner: string;
  readonly reason: string;
  readonly until: number;
  /** The revision of the pin that is to be replaced; null: there must be none. */
  readonly expected: number | null;
}

export type PinAnswer =
  | { readonly status: "pinned"; readonly pin: Pin }
  /** Another pin is held, or none, than was expected. */
  | { readonly status: "conflict"; readonly pin: Pin | null }
  | { readonly status: "unavailable" };

export type ReleaseAnswer =
  | { readonly status: "released" }
  | { readonly status: "conflict"; readonly pin: Pin | null }
  | { readonly status: "unavailable" };

export type SensorWord =
  | { readonly kind: "value"; readonly value: number; readonly values?: Cause["values"]; readonly what: string }
  /** Too little happened for a value. */
  | { readonly kind: "nothing"; readonly what: string }
  | { readonly kind: "failed"; readonly what: string };

export interface ControlDoors {
  pin(wish: PinWish, cause: Cause): PinAnswer;
  releasePin(expected: number, cause: Cause): ReleaseAnswer;
  /** The caller has checked the definition. */
  defineTrigger(trigger: string, definition: TriggerDefinition, cause: Cause): boolean;
  /** What a sensor measured, for the trigger of this condition id. A word to a trigger that is down is dropped. */
  sense(trigger: string, word: SensorWord): void;
  /** A person takes over the incident of this condition. */
  acknowledgePage(condition: string, cause: Cause): "acknowledged" | "not_paged" | "unavailable";
  switchAutoRecovery(enabled: boolean, cause: Cause): boolean;
  orderBreaker(dependency: string, order: "force_open" | "disable" | "enable", cause: Cause): boolean;
}

export interface TriggerStatus {
  /** The id of its condition. */
  readonly trigger: string;
  readonly state: TriggerState;
  readonly since: number;
  /** Its sensor's last word was that it failed. `unknown` without it: it has said nothing yet. */
  readonly failed: boolean;
  readonly raised: boolean;
  /** Since when, and why, its condition is raised: not since when it is falling. */
  readonly raisedAt?: number;
  readonly raisedCause?: Cause;
  readonly cause: Cause;
  /** The last value; absent before the first, and when there was nothing to measure. */
  readonly value?: number;
  readonly definition: TriggerDefinition;
  /** When the dwell under way ends. */
  readonly deadline?: number;
  /** Multiplies the leave dwell: 1, and twice as much with each flap up to 8. */
  readonly dwellFactor: number;
}
