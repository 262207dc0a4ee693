import { assign, sendTo, setup } from "xstate";
import type { Cause } from "../contracts/cause.ts";
import type { ActionOutcome, PageWanted } from "../contracts/recovery-events.ts";
import { because, PROVIDED, root, type Story, timeOf, typed } from "../kit.ts";

/*
 * A page calls a person until one answers. Answering is its incident's affair, which stops it: an acknowledgement kept
 * here would be lost at a restart, and ring again.
 *
 * It is `calling` when a person has just been called and has a moment to answer. When nobody did, it is `ringing`: the
 * pause before the next call, twice as long each time. After the last call in vain it is `unreachable`, and says so.
 */

export interface PageRules {
  /** Calls in all. */
  readonly calls: number;
  /** How long a person has to answer one. */
  readonly answerMs: number;
  /** The pause after the first call; doubles. */
  readonly pauseMs: number;
}

export interface PageGiven {
  /** The id of the incident that calls. */
  readonly subject: string;
  readonly rules: PageRules;
}

export interface PageInput {
  readonly given: PageGiven;
  readonly at: number;
  readonly cause: Cause;
}

export interface PageContext extends Story<PageGiven> {
  readonly calls: number;
  readonly deadline: number;
}

const answerUntil = ({ rules }: PageGiven, at: number) => ({ deadline: at + rules.answerMs });

const nobodyAnswered = ({ calls }: PageContext) => `nobody answered ${calls} ${calls === 1 ? "call" : "calls"}`;

export const pageMachine = setup({
  types: { context: typed<PageContext>(), input: typed<PageInput>(), output: typed<ActionOutcome>() },
  delays: { untilDeadline: PROVIDED },
  guards: { calledOften: ({ context }) => context.calls >= context.given.rules.calls },
  actions: {
    noteNobody: assign(({ context }) => ({
      since: context.deadline,
      cause: because({ actor: "page", what: nobodyAnswered(context) }, context.cause),
    })),
    startPause: assign(({ context: { deadline, calls, given } }) => ({
      deadline: deadline + given.rules.pauseMs * 2 ** Math.min(calls - 1, 10),
    })),
    callAgain: assign(({ context: { deadline, calls, given } }) => ({
      since: deadline,
      calls: calls + 1,
      ...answerUntil(given, deadline),
    })),
    callPerson: sendTo(
      root,
      ({ context, event }): PageWanted => ({
        type: "page.wanted",
        at: timeOf(event, context.since),
        cause: context.cause,
        subject: context.given.subject,
      }),
    ),
  },
}).createMachine({
  id: "page",
  context: ({ input: { given, at, cause } }) => ({ given, since: at, cause, calls: 1, ...answerUntil(given, at) }),
  output: ({ context }) => ({ at: context.since, ok: false, detail: nobodyAnswered(context) }),
  initial: "calling",
  states: {
    calling: {
      description: "A person was called and has a moment to answer.",
      entry: "callPerson",
      after: {
        untilDeadline: [
          { guard: "calledOften", target: "unreachable", actions: "noteNobody" },
          { target: "ringing", actions: ["noteNobody", "startPause"] },
        ],
      },
    },
    ringing: {
      description: "Nobody answered yet; waits before the next call, longer each time.",
      after: { untilDeadline: { target: "calling", actions: "callAgain" } },
    },
    unreachable: { description: "Nobody answered the last call either.", type: "final" },
  },
});
