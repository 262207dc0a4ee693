import {
  type AnyActorLogic,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  type StateValue,
} from "xstate";
import { containErrors } from "../../machines/contain-errors.ts";
import type { Logger } from "../ports.ts";
import type { Recorder } from "./recorder.ts";
import type { ReadableRecord } from "./restore.ts";

/** What is built into a machine's logic besides its steps: XState's `spawn` takes neither input from afar nor a snapshot. */
export interface Preparation {
  readonly id: string;
  readonly version: number;
  readonly machine: AnyStateMachine;
  /** What it is born with; asked at birth. */
  readonly input: () => { readonly given: object };
  /** The state in which it goes on for a predecessor; undefined where it begins in its first one. Asked at birth. */
  readonly bornIn: () => string | undefined;
  readonly recorder: Recorder;
  readonly logger: Logger;
  readonly now: () => number;
}

/** A machine as its supervisor starts it: contained, observed, and born with its input. */
export const newborn = (preparation: Preparation, afterFall: boolean): AnyActorLogic =>
  withBirth(preparation, (scope) => bear(preparation, scope, afterFall));

/** As `newborn`, but as it was when the last process ended. `onRestored` is called when that worked. */
export const restored = (preparation: Preparation, record: ReadableRecord, onRestored: () => void): AnyActorLogic =>
  withBirth(preparation, (scope) => {
    const { id, machine, logger, input } = preparation;
    try {
      // What it was given comes from now, what it knew from the record. Entry actions run when it is resumed.
      const context = { ...record.context, given: input().given };
      const snapshot = machine.resolveState({ value: record.value, context });
      onRestored();
      return snapshot;
    } catch {
      logger.warn({ machine: id, state: record.value }, "a machine's record has a state that is gone; it starts anew");
      return bear(preparation, scope, false);
    }
  });

/** For an invoked machine: its steps are contained and recorded, and it has no record. */
export const observed = (
  machine: AnyStateMachine,
  idOf: (snapshot: AnyMachineSnapshot) => string,
  recorder: Recorder,
  now: () => number,
): AnyActorLogic => watch(machine, idOf, undefined, recorder, now);

type Scope = Parameters<AnyActorLogic["transition"]>[2];

function bear(
  { id, version, machine, input, bornIn, recorder, now }: Preparation,
  scope: Scope,
  afterFall: boolean,
): AnyMachineSnapshot {
  const step = bornIn();
  const snapshot =
    step === undefined
      ? machine.getInitialSnapshot(scope, input())
      : bearIn(valueOf(step.split(".")), machine, input(), now(), scope);
  recorder.born(id, version, snapshot, afterFall);
  return snapshot;
}

/** In another than its first state, which it enters as a restored machine does: never having been in the first. */
function bearIn(
  value: StateValue,
  machine: AnyStateMachine,
  input: object,
  at: number,
  scope: Scope,
): AnyMachineSnapshot {
  const [{ context }] = initialTransition(machine, input);
  const resume = { type: "resume", at, cause: context.cause, lostMs: 0 };
  return machine.transition(machine.resolveState({ value, context }), resume, scope);
}

const valueOf = ([outer = "", ...inner]: readonly string[]): StateValue =>
  inner.length === 0 ? outer : { [outer]: valueOf(inner) };

function withBirth(
  { id, version, machine, recorder, now }: Preparation,
  birth: (scope: Scope) => AnyMachineSnapshot,
): AnyActorLogic {
  return Object.create(
    watch(machine, () => id, version, recorder, now),
    { getInitialSnapshot: { value: birth } },
  );
}

function watch(
  machine: AnyStateMachine,
  idOf: (snapshot: AnyMachineSnapshot) => string,
  version: number | undefined,
  recorder: Recorder,
  now: () => number,
): AnyActorLogic {
  const contained = containErrors<AnyActorLogic>(machine, now);
  return Object.create(contained, {
    transition: {
      value: (...[snapshot, event, scope]: Parameters<AnyActorLogic["transition"]>) => {
        const next = contained.transition(snapshot, event, scope);
        recorder.stepped(idOf(snapshot), version, snapshot, event, next);
        return next;
      },
    },
  });
}
