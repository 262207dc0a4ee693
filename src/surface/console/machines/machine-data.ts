import type { HoldfastOutputs } from "../../client/index.ts";

/** A statechart as the server tells it. */
export type MachineDefinition = HoldfastOutputs["machines"]["definitions"][number];
export type MachineState = MachineDefinition["states"][number];
export type MachineEdge = MachineDefinition["edges"][number];

export type LiveActor = HoldfastOutputs["machines"]["actors"][number];
export type LiveActorWithEvents = HoldfastOutputs["machines"]["actor"];
export type PossibleEvent = LiveActorWithEvents["events"][number];

export type PastMoment = HoldfastOutputs["machines"]["at"];
export type PastTransition = NonNullable<PastMoment["next"]>;
export type TransitionBounds = NonNullable<HoldfastOutputs["machines"]["bounds"]>;

export type Cause = LiveActor["cause"];

/** One actor, now or at a moment of the past, of which less is known. */
export interface ActorView {
  readonly id: string;
  /** The id of its definition. */
  readonly machine: string;
  /** Active states, outermost first; empty while it has fallen. */
  readonly state: readonly string[];
  readonly fallen: boolean;
  readonly since?: number;
  readonly deadline?: number;
  readonly cause?: Cause;
  readonly facts?: LiveActor["facts"];
  readonly invokedBy?: string;
  readonly restarts?: number;
}

/** The edge that an actor took last. `key` differs for each time it is taken. */
export interface TakenEdge {
  readonly edge: string;
  readonly key: string;
  /** It was taken before anybody looked: it is marked, but does not flash. */
  readonly isOld?: boolean;
}

/** `misconfigured`, `misconfigured.waiting` for `misconfigured.waiting`; none for an actor that has fallen. */
export const activeIn = (state: string): readonly string[] =>
  state === "fallen" ? [] : state.split(".").map((_, index, names) => names.slice(0, index + 1).join("."));

/** The innermost active state: `misconfigured.waiting`. */
export const stateOf = ({ state, fallen }: ActorView): string => (fallen ? "fallen" : (state.at(-1) ?? "not at work"));
