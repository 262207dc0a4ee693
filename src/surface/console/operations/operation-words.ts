import type { OperationView } from "../data/wire.ts";
import type { Tone } from "../parts/tone.ts";

export type OperationState = OperationView["state"];

/** The states that can be listed, in the order of an operation's life. */
export const LISTED_STATES = ["running", "ready", "scheduled", "blocked", "closing", "held", "dead"] as const;

export type ListedState = (typeof LISTED_STATES)[number];

export const STATE_MEANS: Readonly<Record<ListedState, string>> = {
  running: "being executed now",
  ready: "may be executed as soon as policy and limits allow",
  scheduled: "tried again later",
  blocked: "behind another operation of its lane",
  closing: "its effect is unknown; a fence is being written",
  held: "no definition of this process fits its name and version",
  dead: "needs a person; its lane may wait behind it",
};

const TONES: Readonly<Record<OperationState, Tone>> = {
  running: "busy",
  ready: "off",
  scheduled: "warn",
  blocked: "off",
  closing: "warn",
  held: "warn",
  dead: "bad",
  parked: "bad",
  completed: "good",
  failed: "bad",
  cancelled: "off",
  expired: "warn",
  discarded: "off",
};

export const operationTone = (state: OperationState): Tone => TONES[state];

/** It has not ended, and nobody executes it. */
export const isWaiting = (state: OperationState): boolean =>
  state === "ready" || state === "scheduled" || state === "blocked" || state === "held" || state === "parked";
