/*
 * Where everything of a statechart stands on its page. Computed when the machines change (npm run diagrams) and committed:
 * laying out takes a library of a megabyte and a second, neither of which a console should ask for.
 */

/** The layout of one machine; numbers are pixels at scale 1, from the top left corner. */
export interface MachineLayout {
  /** As the registry names it. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly states: readonly StateLayout[];
  /** The dots that stand for "begins here", each with its way to the state that is entered first. */
  readonly starts: readonly StartLayout[];
  readonly arrows: readonly ArrowLayout[];
}

export interface StateLayout {
  /** As in the definition, `misconfigured.waiting`; `ANY_STATE` for the box that stands for all of them. */
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface StartLayout {
  /** The state that is entered. */
  readonly to: string;
  /** The centre of the dot. */
  readonly x: number;
  readonly y: number;
  readonly points: readonly Point[];
}

/** One arrow: all edges from one state to another. */
export interface ArrowLayout {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  /** The top left corner of its label, whose lines follow each other at `LINE_HEIGHT`. */
  readonly label: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly lines: readonly LabelLine[];
}

/** One line of a label: an event, its guard, or both. */
export interface LabelLine {
  /** The id of the edge that it belongs to. */
  readonly edge: string;
  readonly event: string;
  readonly guard: string;
}

export type Point = readonly [x: number, y: number];

/** The height of one line of a label. */
export const LINE_HEIGHT = 14;

/** Where an edge begins that can be taken in any state: a box of its own. */
export const ANY_STATE = "*";
