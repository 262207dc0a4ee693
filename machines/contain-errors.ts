import type { AnyActorLogic, AnyActorRef } from "xstate";

/** The output of a machine that ended because a step of it threw. */
export interface Crash {
  readonly crashed: unknown;
  readonly at: number;
}

export const isCrash = (output: unknown): output is Crash =>
  typeof output === "object" && output !== null && "crashed" in output;

/** Names what was thrown in a few words; never its stack. */
export const nameError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : "something that is not an Error";

/**
 * Wraps a machine's logic so that a step which throws is a crash and nothing else.
 *
 * Whatever throws in a step (a guard, an assignment, a delay, a parameter, an action), the step says nothing, the
 * machine's children stop, and the machine ends with a `Crash` as its output, which its supervisor hears of. Plain
 * XState leaves the children of a machine that threw running, even after the root has stopped.
 *
 * Sending and starting children wait in `defer` until a step is through; they are held back here, so that a step that
 * throws has neither. The logic needs no clock of its own: `now` is the caller's.
 */
export const containErrors = <Logic extends AnyActorLogic>(logic: Logic, now: () => number): Logic =>
  Object.create(logic, {
    transition: {
      value: (...[snapshot, event, scope]: Parameters<AnyActorLogic["transition"]>) => {
        const said: (() => void)[] = [];
        const fall = (crashed: unknown) => {
          const children: AnyActorRef[] = Object.values(snapshot.children ?? {});
          for (const child of children) scope.stopChild(child);
          return { ...snapshot, status: "done", output: { crashed, at: now() } satisfies Crash, children: {} };
        };
        try {
          const next = logic.transition(snapshot, event, { ...scope, defer: (act) => said.push(act) });
          // An invoked actor rejected and nobody handles it: a crash too.
          if (next.status === "error") return fall(next.error);
          for (const act of said) scope.defer(act);
          return next;
        } catch (error) {
          return fall(error);
        }
      },
    },
  });

/** Root's variant: nobody could restart it, so a step that throws is reported and has not happened. */
export const refuseErrors = <Logic extends AnyActorLogic>(logic: Logic, report: (error: unknown) => void): Logic =>
  Object.create(logic, {
    transition: {
      value: (...[snapshot, event, scope]: Parameters<AnyActorLogic["transition"]>) => {
        const said: (() => void)[] = [];
        try {
          const next = logic.transition(snapshot, event, { ...scope, defer: (act) => said.push(act) });
          if (next.status === "error") throw next.error;
          for (const act of said) scope.defer(act);
          return next;
        } catch (error) {
          report(error);
          return snapshot;
        }
      },
    },
  });
