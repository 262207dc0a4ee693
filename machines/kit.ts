import { type AnyActorRef, fromPromise } from "xstate";
import type { Cause } from "./contracts/cause.ts";

/** Names a type to `setup`, which wants a value for it. The one assertion in this folder. */
export const typed = <T>(): T => ({}) as T;

/** Something that acts on the world: named here, provided by src/control. Without that it never answers. */
export const io = <Output, Input>() => fromPromise<Output, Input>(() => new Promise<never>(() => {}));

/** Machines have no clock: src/control provides every delay from a deadline in the context. Without that, none ends. */
export const PROVIDED = 2 ** 31 - 1;

/** Where facts are told. A machine that runs alone, as in a path walk, has no root and talks to itself. */
export const root = ({ system, self }: { system: AnyActorRef["system"]; self: AnyActorRef }): AnyActorRef =>
  system.get("root") ?? self;

/**
 * What each machine's context begins with. `given` is what it was born with; it is never stored. A context may hold
 * `seen` as well, the last values it was told: a change of these alone is not worth a record. Moments are called
 * `since`, `until`, `deadline`, `dwellFrom` or `somethingAt`: records hold them by the wall clock.
 */
export interface Story<Given> {
  readonly given: Given;
  /** Since when it has been in its state. */
  readonly since: number;
  /** Why it is in its state. */
  readonly cause: Cause;
}

/**
 * When an event happened. An event of a machine and the output of an action say so; the end of a delay does not, and
 * happened when it was due, whenever the timer fired.
 */
export const timeOf = (event: object, due: number): number => {
  if ("at" in event && typeof event.at === "number") return event.at;
  return "output" in event && typeof event.output === "object" && event.output !== null
    ? timeOf(event.output, due)
    : due;
};

/** Longest chain of causes that is passed on: enough for "mode, breaker, calls", and a bound for those that go round. */
const LONGEST_CHAIN = 4;

/** `cause` with what led to it (unless it says so itself), cut so that no chain grows with the length of an outage. */
export const because = (cause: Cause, led: Cause): Cause =>
  shorten(cause.because === undefined ? { ...cause, because: led } : cause, LONGEST_CHAIN);

const shorten = ({ because: led, ...cause }: Cause, links: number): Cause =>
  led === undefined || links <= 1 ? cause : { ...cause, because: shorten(led, links - 1) };
