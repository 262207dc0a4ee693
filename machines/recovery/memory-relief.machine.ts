import { assign, setup } from "xstate";
import type { Cause } from "../contracts/cause.ts";
import type { ActionOutcome } from "../contracts/recovery-events.ts";
import { because, io, PROVIDED, type Story, typed } from "../kit.ts";

/*
 * Memory relief asks the embedding service to free what it can do without: caches, pools, buffers.
 *
 * It is `relieving` while the service's callbacks run. What they let go is free only after a collection, so it is
 * `settling` for a while. Then it is `measuring`: if less memory is in use than before, it has `relieved`. If not, or
 * if there was nothing to relieve or nothing to measure with, it has `failed`: callbacks that ran are no relief. Nor is
 * it none because one of them threw: what the others freed is measured, and the fault is told with it.
 */

export interface MemoryReliefGiven {
  readonly settleMs: number;
  /** The share of memory that must have become free, 0 to 1. */
  readonly minimumShare: number;
}

export interface MemoryReliefInput {
  readonly given: MemoryReliefGiven;
  readonly at: number;
  readonly cause: Cause;
}

export interface MemoryReliefContext extends Story<MemoryReliefGiven> {
  /** Share of the memory in use before. */
  readonly before: number | null;
  readonly deadline: number;
  readonly ok: boolean;
  readonly detail: string;
  /** What went wrong with callbacks, though some ran; null: nothing. */
  readonly faults: string | null;
}

/** How the callbacks ended, and what was in use before them; null where that could not be measured. */
export interface Relieved extends ActionOutcome {
  readonly before: number | null;
  /** Somebody was asked to free memory, whatever came of it: it is worth measuring. */
  readonly tried: boolean;
}

export interface MemoryMeasured {
  readonly at: number;
  /** Share of the memory in use; null where that could not be measured. */
  readonly usage: number | null;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const hasFallen = ({ before, given }: MemoryReliefContext, { usage }: MemoryMeasured): boolean =>
  before !== null && usage !== null && before - usage >= given.minimumShare;

/** In words, with the values that decided. */
const verdict = (context: MemoryReliefContext, measured: MemoryMeasured): string => {
  const { before, given } = context;
  if (before === null || measured.usage === null) return "memory could not be measured";
  const change = `${percent(before)} of memory in use before, ${percent(measured.usage)} after`;
  return hasFallen(context, measured) ? change : `${change}, less than ${percent(given.minimumShare)} freed`;
};

const withFaults = (what: string, { faults }: MemoryReliefContext): string =>
  faults === null ? what : `${what}; ${faults}`;

export const memoryReliefMachine = setup({
  types: {
    context: typed<MemoryReliefContext>(),
    input: typed<MemoryReliefInput>(),
    output: typed<ActionOutcome>(),
  },
  actors: { relieve: io<Relieved, undefined>(), measure: io<MemoryMeasured, undefined>() },
  delays: { untilDeadline: PROVIDED },
  guards: {
    notTried: (_, { tried }: Relieved) => !tried,
    fell: ({ context }, measured: MemoryMeasured) => hasFallen(context, measured),
  },
  actions: {
    noteRelieved: assign(({ context }, { at, before, ok, detail }: Relieved) => ({
      since: at,
      before,
      faults: ok ? null : detail,
      deadline: at + context.given.settleMs,
      cause: because({ actor: "memory_relief", what: `callbacks ran: ${detail}` }, context.cause),
    })),
    noteFailed: assign(({ context }, { at, detail }: Relieved) => ({
      since: at,
      detail,
      cause: because({ actor: "memory_relief", what: `nothing was relieved: ${detail}` }, context.cause),
    })),
    noteSettled: assign(({ context }) => ({ since: context.deadline })),
    noteMeasured: assign(({ context }, measured: MemoryMeasured) => {
      const detail = withFaults(verdict(context, measured), context);
      return {
        since: measured.at,
        ok: hasFallen(context, measured),
        detail,
        cause: because({ actor: "memory_relief", what: detail }, context.cause),
      };
    }),
  },
}).createMachine({
  id: "memory_relief",
  context: ({ input: { given, at, cause } }) => ({
    given,
    since: at,
    cause,
    before: null,
    deadline: at,
    ok: false,
    detail: "",
    faults: null,
  }),
  output: ({ context: { since, ok, detail } }) => ({ at: since, ok, detail }),
  initial: "relieving",
  states: {
    relieving: {
      description: "The service's callbacks run, each within its time.",
      invoke: {
        src: "relieve",
        onDone: [
          {
            guard: { type: "notTried", params: ({ event }) => event.output },
            target: "failed",
            actions: { type: "noteFailed", params: ({ event }) => event.output },
          },
          { target: "settling", actions: { type: "noteRelieved", params: ({ event }) => event.output } },
        ],
      },
    },
    settling: {
      description: "Gives the collector time to free what was let go.",
      after: { untilDeadline: { target: "measuring", actions: "noteSettled" } },
    },
    measuring: {
      description: "Looks whether less memory is in use.",
      invoke: {
        src: "measure",
        onDone: [
          {
            guard: { type: "fell", params: ({ event }) => event.output },
            target: "relieved",
            actions: { type: "noteMeasured", params: ({ event }) => event.output },
          },
          { target: "failed", actions: { type: "noteMeasured", params: ({ event }) => event.output } },
        ],
      },
    },
    relieved: { description: "Less memory is in use.", type: "final" },
    failed: { description: "Memory did not fall.", type: "final" },
  },
});
