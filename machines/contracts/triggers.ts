import type { Condition } from "./conditions.ts";
import type { Said } from "./said.ts";

/**
 * When a measured value raises a condition. Values are shares (0 to 1), counts or milliseconds, as the sensor says.
 * A dwell counts only time in which somebody observed.
 */
export interface TriggerDefinition {
  /** At or above this, for `enterDwellMs`, the condition is raised. */
  readonly enter: number;
  /** At or below this, for `leaveDwellMs`, it is cleared. Below `enter`. */
  readonly exit: number;
  readonly enterDwellMs: number;
  readonly leaveDwellMs: number;
}

/**
 * The states of a trigger. `raised` and `falling` have raised their condition, `clear` and `rising` have not; `unknown`
 * (its sensor has failed, or has said nothing yet) keeps what it had.
 */
export const TRIGGER_STATES = ["clear", "rising", "raised", "falling", "unknown"] as const;

export type TriggerState = (typeof TRIGGER_STATES)[number];

/** A sensor measured something. */
export interface Reading extends Said {
  readonly type: "reading";
  readonly value: number;
}

/**
 * The sensor works, and there was nothing to measure: too few calls for a rate. That is neither high nor healthy: a
 * dwell towards raising does not go on, and a raised condition may fall by its leave dwell (nothing happens any more).
 */
export interface NothingMeasured extends Said {
  readonly type: "reading.none";
}

/** The sensor threw, hung, or measured what is no number. */
export interface SensorFailed extends Said {
  readonly type: "sensor.failed";
}

/** A person, or a new configuration, changed the thresholds. What is raised stays so until the new ones say otherwise. */
export interface DefinitionChanged extends Said {
  readonly type: "definition.changed";
  readonly definition: TriggerDefinition;
}

/** Everything a trigger knows that others need, told whenever it enters a state or its definition changed. */
export interface TriggerChanged extends Said {
  readonly type: "trigger.changed";
  /** `memory_exhaustion`, `connection_failures:graph`: the id of its condition. */
  readonly trigger: string;
  readonly condition: Condition;
  readonly state: TriggerState;
  readonly since: number;
  /** Its condition is raised, and since when and why. */
  readonly raised: boolean;
  readonly raisedAt: number | null;
  /** The sensor's last word was that it failed. `unknown` without it: it has said nothing yet. */
  readonly failed: boolean;
  /** The last value, null before the first and when there was nothing to measure. */
  readonly value: number | null;
  readonly definition: TriggerDefinition;
  /** When the dwell under way ends, null when none is. */
  readonly deadline: number | null;
  /** Multiplies the leave dwell: 1, and twice as much with each flap up to 8. Protection never comes later for it. */
  readonly dwellFactor: number;
}
