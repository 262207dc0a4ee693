import type { Mode } from "./modes.ts";
import type { Said } from "./said.ts";

/** A mode forced by a person. It takes the place of the modes in the policy, never that of the breakers. */
export interface Pin {
  readonly mode: Mode;
  readonly owner: string;
  readonly reason: string;
  readonly since: number;
  /** When it ends by itself. */
  readonly until: number;
  /** Grows with every change of the pin, also over releases and restarts: what compare-and-set compares. */
  readonly revision: number;
}

/** A person pins a mode. Ignored unless the pin held now is the expected one. */
export interface PinSet extends Said {
  readonly type: "pin.set";
  readonly mode: Mode;
  readonly owner: string;
  readonly reason: string;
  readonly until: number;
  /** The revision of the pin that it replaces; null: that there is none. */
  readonly expected: number | null;
}

/** A person releases the pin. Ignored unless the pin held now is the expected one. */
export interface PinReleased extends Said {
  readonly type: "pin.release";
  readonly expected: number;
}

/** What is pinned, told whenever the pin enters a state. */
export interface PinChanged extends Said {
  readonly type: "pin.changed";
  readonly state: "free" | "held" | "expiring";
  readonly since: number;
  readonly pin: Pin | null;
  /** The last revision given out. */
  readonly revision: number;
}
