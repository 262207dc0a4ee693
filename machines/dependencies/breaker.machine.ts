import { assign, sendTo, setup } from "xstate";
import type {
  BreakerChanged,
  BreakerOrdered,
  CallsFailed,
  ProbeOutcome,
  ProbeWanted,
} from "../contracts/breaker-events.ts";
import type { BreakerState } from "../contracts/breaker.ts";
import type { ConditionCleared, ConditionRaised } from "../contracts/conditions.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import { because, io, PROVIDED, root, timeOf, typed } from "../kit.ts";
import { type BreakerContext, type BreakerInput, breakLength, name, probeCause, turn } from "./breaker-context.ts";

/*
 * The breaker owns the health of one dependency: only it probes, and only it closes.
 *
 * It is born in `probing`: nothing is known before this process has seen one probe succeed. Nothing is raised either
 * before one has failed, so that a start on a healthy dependency shows no outage. Enough probes in a row close it.
 *
 * While `closed`, calls run, and the data plane counts. When it has counted more failures than the settings tolerate,
 * it says so, and the breaker goes `open` in the same step: everything queues. A report from another generation is
 * about calls of an earlier life and is ignored; the generation grows with every opening and closing and never goes
 * back, not even over a crash: a fresh breaker begins one above its predecessor.
 *
 * `open` is a break. When it is over, or when somebody wants a probe, the breaker is `probing` again; if that fails,
 * the next break is longer. Jitter comes with the events, since a machine draws no random numbers.
 *
 * A dependency that answers "you may not" makes it `misconfigured`: it queues like an open one, but waits long between
 * probes, so that no server locks us out. It probes from within, without leaving the state, so that this is said once.
 *
 * Aside: a person can hold it open (`forced_open`) or take it out (`disabled`: calls run, whatever happens).
 *
 * After a restart of the process, a break goes on for what was left of it. Only a `closed` breaker goes to `probing`,
 * since it knows nothing of what happened meanwhile. A deadline never lies further ahead than its break is long: a
 * wall clock that went back between two processes must not turn a second into an hour.
 */

export type BreakerEvent = CallsFailed | ProbeWanted | BreakerOrdered | Resume;

const isResting = (state: BreakerState) => state === "open" || state === "misconfigured";

const tell = <State extends BreakerState>(state: State) => ({ type: "tell", params: { state } }) as const;

/** What every unclosed state does with a person's orders. */
const orders = {
  "breaker.force_open": { target: "#breaker.forced_open", actions: ["turnAway", "note", "alarm"] },
  "breaker.disable": { target: "#breaker.disabled", actions: ["letThrough", "note"] },
} as const;

/** How the probe that has just ended did. */
const outcome = ({ event }: { event: { output: ProbeOutcome } }) => event.output;

export const breakerMachine = setup({
  types: {
    context: typed<BreakerContext>(),
    events: typed<BreakerEvent>(),
    input: typed<BreakerInput>(),
  },
  actors: { probe: io<ProbeOutcome, { dependency: string }>() },
  delays: { untilDeadline: PROVIDED },
  guards: {
    stale: ({ context, event }) => event.type === "calls.failed" && event.generation !== context.generation,
    misconfigured: (_, outcome: { ok: boolean; misconfigured?: boolean }) =>
      !outcome.ok && outcome.misconfigured === true,
    failed: (_, outcome: { ok: boolean }) => !outcome.ok,
    oneOfSeveral: ({ context }) => context.passed + 1 < context.given.rules.probesToClose,
    reportedMisconfigured: ({ event }) => event.type === "calls.failed" && event.misconfigured,
  },
  actions: {
    /** The event itself is why. */
    note: assign(({ context, event }) => ({
      since: event.at,
      cause: context.alarmed ? because(event.cause, context.openedBy) : event.cause,
    })),
    noteCalls: assign(({ context, event }) => {
      if (event.type !== "calls.failed") return {};
      const { at, cause } = event;
      const code = String(cause.values?.["code"] ?? "calls_failed");
      return {
        since: at,
        cause,
        lastFailure: { code, message: cause.what, at, reconnect: false },
        breakMs: breakLength(context, event.draw),
      };
    }),
    notePassed: assign(({ context }, { at }: ProbeOutcome) => {
      const passed = context.passed + 1;
      const { probesToClose } = context.given.rules;
      const what = probesToClose === 1 ? "a probe succeeded" : `${passed} of ${probesToClose} probes succeeded`;
      return { since: at, passed, cause: { actor: name(context), what, values: { passed, probesToClose } } };
    }),
    noteFailed: assign(({ context }, outcome: ProbeOutcome) => {
      if (outcome.ok) return {};
      const { at, code, message, reconnect } = outcome;
      const cause = probeCause(context, outcome);
      return {
        since: at,
        cause,
        probesFailed: context.probesFailed + 1,
        lastFailure: { code, message, at, reconnect },
        breakMs: breakLength(context, outcome.draw),
      };
    }),
    noteBreakOver: assign(({ context }) => {
      const what = `its break of ${context.breakMs} ms was over`;
      return { since: context.deadline, cause: because({ actor: name(context), what }, context.openedBy) };
    }),
    letThrough: assign(({ context }) => ({ ...turn(context, true), alarmed: false, breaks: 0, probesFailed: 0 })),
    turnAway: assign(({ context }) => turn(context, false)),
    /** The first to say so is what opened it. */
    alarm: assign(({ context }) => ({ alarmed: true, openedBy: context.alarmed ? context.openedBy : context.cause })),
    startProbes: assign(({ context, event }) => ({ passed: 0, probedAt: timeOf(event, context.deadline) })),
    nextProbe: assign(({ context, event }) => ({ probedAt: timeOf(event, context.deadline) })),
    startBreak: assign(({ context, event }) => ({
      breaks: context.breaks + 1,
      deadline: timeOf(event, context.deadline) + context.breakMs,
    })),
    startLongBreak: assign(({ context, event }) => {
      const breakMs = context.given.rules.misconfiguredProbeMs;
      return { breakMs, deadline: timeOf(event, context.deadline) + breakMs };
    }),
    /** No sooner than now, no later than a whole break from now. */
    clampBreak: assign(({ context, event }) => ({
      deadline: Math.max(event.at, Math.min(context.deadline, event.at + context.breakMs)),
    })),
    tell: sendTo(
      root,
      ({ context, event }, { state }: { state: BreakerState }): BreakerChanged => ({
        type: "breaker.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        dependency: context.given.dependency,
        state,
        since: context.since,
        generation: context.generation,
        alarmed: context.alarmed,
        probesFailed: context.probesFailed,
        probedAt: context.probedAt,
        nextProbeAt: isResting(state) && context.deadline > context.since ? context.deadline : null,
        lastFailure: context.lastFailure,
      }),
    ),
    tellCondition: sendTo(root, ({ context, event }): ConditionRaised | ConditionCleared => ({
      type: context.alarmed ? "condition.raised" : "condition.cleared",
      at: timeOf(event, context.since),
      cause: context.alarmed ? context.openedBy : context.cause,
      condition: { kind: "dependency_unavailable", dependency: context.given.dependency },
    })),
  },
}).createMachine({
  id: "breaker",
  context: ({ input: { given, at, cause, predecessor } }) => ({
    given,
    since: at,
    cause,
    generation: predecessor === null ? 0 : predecessor.generation + 1,
    passing: false,
    alarmed: predecessor?.alarmed ?? false,
    openedBy: predecessor?.cause ?? cause,
    passed: 0,
    breaks: 0,
    probesFailed: predecessor?.probesFailed ?? 0,
    probedAt: at,
    breakMs: 0,
    deadline: at,
    lastFailure: predecessor?.lastFailure ?? null,
  }),
  initial: "probing",
  states: {
    probing: {
      description: "Asks the dependency whether it does what operations need; everything queues meanwhile.",
      entry: [tell("probing"), "tellCondition"],
      invoke: {
        src: "probe",
        input: ({ context }) => ({ dependency: context.given.dependency }),
        onDone: [
          {
            guard: { type: "misconfigured", params: outcome },
            target: "misconfigured",
            actions: [{ type: "noteFailed", params: outcome }, "alarm", "startLongBreak"],
          },
          {
            guard: { type: "failed", params: outcome },
            target: "open",
            actions: [{ type: "noteFailed", params: outcome }, "alarm", "startBreak"],
          },
          {
            guard: "oneOfSeveral",
            target: "probing",
            reenter: true,
            actions: [{ type: "notePassed", params: outcome }, "nextProbe"],
          },
          {
            target: "closed",
            actions: [{ type: "notePassed", params: outcome }, "letThrough"],
          },
        ],
      },
      on: { ...orders, resume: { target: "probing", reenter: true, actions: "startProbes" } },
    },

    closed: {
      description: "Calls run and are counted.",
      entry: [tell("closed"), "tellCondition"],
      on: {
        ...orders,
        "calls.failed": [
          { guard: "stale" },
          {
            guard: "reportedMisconfigured",
            target: "misconfigured",
            actions: ["turnAway", "noteCalls", "alarm", "startLongBreak"],
          },
          { target: "open", actions: ["turnAway", "noteCalls", "alarm", "startBreak"] },
        ],
        resume: { target: "probing", actions: ["turnAway", "note", "startProbes"] },
      },
    },

    open: {
      description: "A break: everything queues and the dependency is left alone.",
      entry: [tell("open"), "tellCondition"],
      after: { untilDeadline: { target: "probing", actions: ["noteBreakOver", "startProbes"] } },
      on: {
        ...orders,
        "probe.wanted": { target: "probing", actions: ["note", "startProbes"] },
        resume: { target: "open", reenter: true, actions: "clampBreak" },
      },
    },

    misconfigured: {
      description: "The dependency refuses us until a person changes something; everything queues, probes are rare.",
      initial: "waiting",
      states: {
        waiting: {
          description: "Leaves the dependency alone, long enough for no server's lockout.",
          entry: [tell("misconfigured"), "tellCondition"],
          after: { untilDeadline: { target: "asking", actions: ["noteBreakOver", "startProbes"] } },
          on: {
            "probe.wanted": { target: "asking", actions: ["note", "startProbes"] },
            resume: { target: "waiting", reenter: true, actions: "clampBreak" },
          },
        },
        asking: {
          description: "One probe, without leaving the state: that it is still misconfigured is no news.",
          entry: [tell("misconfigured"), "tellCondition"],
          invoke: {
            src: "probe",
            input: ({ context }) => ({ dependency: context.given.dependency }),
            onDone: [
              {
                guard: { type: "misconfigured", params: outcome },
                target: "waiting",
                actions: [{ type: "noteFailed", params: outcome }, "startLongBreak"],
              },
              {
                guard: { type: "failed", params: outcome },
                target: "#breaker.open",
                actions: [{ type: "noteFailed", params: outcome }, "startBreak"],
              },
              {
                guard: "oneOfSeveral",
                target: "#breaker.probing",
                actions: [{ type: "notePassed", params: outcome }, "nextProbe"],
              },
              {
                target: "#breaker.closed",
                actions: [{ type: "notePassed", params: outcome }, "letThrough"],
              },
            ],
          },
          on: { resume: { target: "asking", reenter: true, actions: "startProbes" } },
        },
      },
      on: orders,
    },

    forced_open: {
      description: "A person holds it open: everything queues until they enable it.",
      entry: [tell("forced_open"), "tellCondition"],
      on: {
        "breaker.disable": orders["breaker.disable"],
        "breaker.enable": { target: "probing", actions: ["note", "startProbes"] },
        resume: { target: "forced_open", reenter: true },
      },
    },

    disabled: {
      description: "A person took it out: calls run whatever happens.",
      entry: [tell("disabled"), "tellCondition"],
      on: {
        "breaker.force_open": orders["breaker.force_open"],
        "breaker.enable": { target: "probing", actions: ["turnAway", "note", "startProbes"] },
        resume: { target: "disabled", reenter: true },
      },
    },
  },
});
