import type { ComponentChildren } from "preact";
import type { Snapshot } from "../data/wire.ts";
import type { Tone } from "../parts/tone.ts";

/** A sentence about what became of an action, and how it is to be taken. */
export interface Said {
  readonly tone: Tone;
  readonly text: string;
}

/** Something that a person may do, and how it is seen that it was done. */
export interface Action {
  /** On the button and above the dialog: `Release the pin`. */
  readonly title: string;
  /** On the button, where the place is small. */
  readonly label?: string;
  readonly permission: string;
  /** What it does, said before it is done. */
  readonly explains: string;
  readonly isDangerous?: boolean;
  /** Beside the reason. */
  readonly fields?: ComponentChildren;
  /** Asks the server to do it; says what it answered. */
  readonly perform: (reason: string) => Promise<Said>;
  /**
   * What a status that was asked for afterwards says of it; undefined while it does not show the effect. An answer is
   * a claim, and this is the look.
   */
  readonly verify?: (snapshot: Snapshot) => Said | undefined;
}
