import { assign, setup } from "xstate";
import type { Cause } from "../contracts/cause.ts";
import type { ActionOutcome } from "../contracts/recovery-events.ts";
import { because, io, type Story, typed } from "../kit.ts";

/*
 * Worker restart is the remedy for a storage thread that is lost: nothing can be accepted or ended without it.
 *
 * It is `restarting` while what is left of the thread is stopped and a new one is started. Then it is `verifying`: the
 * new thread must do what the old one did, not only live. If it does, it is `restarted`, else it has `failed`.
 */

export interface WorkerRestartInput {
  readonly given: object;
  readonly at: number;
  readonly cause: Cause;
}

export interface WorkerRestartContext extends Story<object> {
  readonly ok: boolean;
  readonly detail: string;
}

export const workerRestartMachine = setup({
  types: {
    context: typed<WorkerRestartContext>(),
    input: typed<WorkerRestartInput>(),
    output: typed<ActionOutcome>(),
  },
  actors: { restart: io<ActionOutcome, undefined>(), verify: io<ActionOutcome, undefined>() },
  guards: { succeeded: (_, { ok }: ActionOutcome) => ok },
  actions: {
    note: assign(({ context }, { at, ok, detail }: ActionOutcome) => ({
      since: at,
      ok,
      detail,
      cause: because({ actor: "worker_restart", what: detail }, context.cause),
    })),
  },
}).createMachine({
  id: "worker_restart",
  context: ({ input: { given, at, cause } }) => ({ given, since: at, cause, ok: false, detail: "" }),
  output: ({ context: { since, ok, detail } }) => ({ at: since, ok, detail }),
  initial: "restarting",
  states: {
    restarting: {
      description: "Stops what is left of the thread and starts a new one.",
      invoke: {
        src: "restart",
        onDone: [
          {
            guard: { type: "succeeded", params: ({ event }) => event.output },
            target: "verifying",
            actions: { type: "note", params: ({ event }) => event.output },
          },
          { target: "failed", actions: { type: "note", params: ({ event }) => event.output } },
        ],
      },
    },
    verifying: {
      description: "The new thread has to do what the old one did.",
      invoke: {
        src: "verify",
        onDone: [
          {
            guard: { type: "succeeded", params: ({ event }) => event.output },
            target: "restarted",
            actions: { type: "note", params: ({ event }) => event.output },
          },
          { target: "failed", actions: { type: "note", params: ({ event }) => event.output } },
        ],
      },
    },
    restarted: { description: "The new thread works.", type: "final" },
    failed: { description: "There is no thread that works.", type: "final" },
  },
});
