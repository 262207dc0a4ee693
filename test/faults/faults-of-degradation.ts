import type { Fault } from "./fault.ts";

const CONTROL = "src/control/create-control-plane.ts";
const MERGE = "machines/merge-admission-policy.ts";
const KIT = "machines/modes/mode-kit.ts";
const CONTEXT = "machines/triggers/trigger-context.ts";
const ERRORS = "src/control/sensors/error-rate.ts";
const HISTORY = "test/integration/history-and-metrics.test.ts";
const PIN = "test/unit/control-pin.test.ts";
const TRIGGERS = "test/unit/control-triggers.test.ts";
const MODES = "test/unit/control-modes.test.ts";
const EFFECTS = "test/integration/policy-effects.test.ts";
const MODE_EFFECTS = "test/integration/mode-effects.test.ts";
const ALERTS = "test/unit/alerts.test.ts";

/** How the service degrades: invariants first, then promises that are none. */
export const FAULTS_OF_DEGRADATION: readonly Fault[] = [
  {
    fault: "leave-a-gap-in-the-history",
    what: "the last row is lost between two pages of the history",
    invariant: 4,
    wraps: "src/storage/reads/read-history.ts",
    caughtBy: {
      file: HISTORY,
      test: "the history of modes > comes in pages without gap or double while modes change, filtered by mode and time as well",
    },
  },
  {
    fault: "overrule-a-pin",
    what: "the modes ask for what they ask for, whatever a person has pinned",
    invariant: 5,
    wraps: MERGE,
    caughtBy: {
      file: PIN,
      test: "a pin > wins over the modes, which go on beneath it and are back when it is released (invariant 5)",
    },
  },
  {
    fault: "let-a-pin-lapse-silently",
    what: "a pin is gone after a restart",
    invariant: 5,
    wraps: CONTROL,
    caughtBy: { file: PIN, test: "a pin > survives a restart, and its end comes nearer meanwhile" },
  },
  {
    fault: "end-a-pin-unannounced",
    what: "a pin ends without having said before that it will",
    invariant: 5,
    wraps: "config/presets.ts",
    caughtBy: { file: PIN, test: "a pin > warns before it ends, and ends on time" },
  },
  {
    fault: "replace-a-pin-unseen",
    what: "whoever sets a pin replaces the one that is held, whether he knows of it or not",
    invariant: 5,
    wraps: CONTROL,
    caughtBy: { file: PIN, test: "a pin > is replaced only by whoever knows which one is held" },
  },
  {
    fault: "silence-a-breaker",
    what: "while a pin is held, dependencies are called whatever their breakers say",
    invariant: 5,
    wraps: MERGE,
    caughtBy: { file: PIN, test: "a pin > never silences a breaker, and leaves a backlog its share" },
  },
  {
    fault: "count-downtime-as-dwell",
    what: "a dwell goes on while nobody observes",
    invariant: 7,
    wraps: CONTROL,
    caughtBy: {
      file: TRIGGERS,
      test: "invariant 7, restart keeps time: a dwell > counts only time in which somebody observed",
    },
  },
  {
    fault: "forget-a-changed-threshold",
    what: "after a restart the configured thresholds hold, not those that a person has set since",
    invariant: 7,
    wraps: CONTROL,
    caughtBy: { file: TRIGGERS, test: "a changed threshold > survives a crash and a restart" },
  },
  {
    fault: "forget-a-fallen-mode",
    what: "what a mode asks for is gone with its actor",
    invariant: 8,
    wraps: "machines/facts.ts",
    caughtBy: {
      file: MODES,
      test: "a mode > that crashes keeps what it asked for until its successor speaks: emergency_mode",
    },
  },
  {
    fault: "promise-for-the-fallen",
    what: "a command to an actor that is down is dropped, and said to be done",
    invariant: 8,
    wraps: CONTROL,
    caughtBy: { file: TRIGGERS, test: "a changed threshold > survives a crash and a restart" },
  },
  {
    fault: "sign-with-another-name",
    what: "what a person orders stands in the audit as the service's own deed",
    invariant: 9,
    wraps: "src/control/orders/control-actions.ts",
    caughtBy: {
      file: "test/integration/server-degradation-control.test.ts",
      test: "a pin over HTTP > that is bad is refused with what is wrong, changes nothing, and is in the audit all the same",
    },
  },
  {
    fault: "ask-for-nothing",
    what: "a mode is in force, says so everywhere, and changes nothing",
    invariant: null,
    wraps: KIT,
    caughtBy: {
      file: MODE_EFFECTS,
      test: 'a mode changes what the service does, and changes it back: by its trigger, > memory_constrained by ["memory_exhaustion"]',
    },
  },
  {
    fault: "let-the-last-mode-win",
    what: "of several modes in force, the one that spoke last decides alone",
    invariant: null,
    wraps: MERGE,
    caughtBy: {
      file: MODES,
      test: "emergency > is in force with the third kind of trouble, and names the gravest mode first",
    },
  },
  {
    fault: "count-triggers-not-kinds",
    what: "an emergency counts every condition as a trouble of its own",
    invariant: null,
    wraps: "machines/contracts/conditions.ts",
    caughtBy: { file: MODES, test: "emergency > counts kinds: many lost or flapping dependencies are one" },
  },
  {
    fault: "readmit-at-once",
    what: "on its way back a mode gives everything back with the first step",
    invariant: null,
    wraps: KIT,
    caughtBy: {
      file: MODES,
      test: "selective processing > runs what is critical or of high priority, and readmits the rest priority by priority",
    },
  },
  {
    fault: "keep-a-mode-for-ever",
    what: "nobody hears that a condition is gone, and the modes that answer to it stay",
    invariant: null,
    wraps: "machines/facts.ts",
    caughtBy: {
      file: MODES,
      test: "reduced performance > doubles the time of attempts, halves what runs at once, lets the deferred wait, and restores step by step",
    },
  },
  {
    fault: "take-the-dead-for-healthy",
    what: "a sensor that fails reads as 0",
    invariant: null,
    wraps: CONTROL,
    caughtBy: { file: TRIGGERS, test: "a sensor > that fails makes its trigger unknown, and never reads as healthy" },
  },
  {
    fault: "leave-where-it-entered",
    what: "a condition is cleared below the threshold at which it was raised",
    invariant: null,
    wraps: CONTEXT,
    caughtBy: {
      file: TRIGGERS,
      test: "a trigger > clears when values have stayed low for its dwell; a value between the thresholds ends that",
    },
  },
  {
    fault: "forget-that-it-flapped",
    what: "a condition that comes and goes is kept no longer for it",
    invariant: null,
    wraps: CONTEXT,
    caughtBy: {
      file: TRIGGERS,
      test: "a trigger > whose condition flaps keeps it for longer each time, up to eight times, and forgets that when it is calm",
    },
  },
  {
    fault: "read-nothing-as-zero",
    what: "where nothing ended, nothing failed: 0 %",
    invariant: null,
    wraps: ERRORS,
    caughtBy: {
      file: "test/unit/sensors-error-rate.test.ts",
      test: "the error rate > is nothing, and not 0 %, while too little has ended",
    },
  },
  {
    fault: "blame-what-a-breaker-explains",
    what: "the failures of a lost dependency count against the whole service",
    invariant: null,
    wraps: ERRORS,
    caughtBy: {
      file: "test/unit/sensors-error-rate.test.ts",
      test: "the error rate > leaves out what a breaker explains: the failures that opened it, and those while it is not closed",
    },
  },
  {
    fault: "blame-what-an-outage-queued",
    what: "what waits for a lost dependency counts as a queue that nothing explains",
    invariant: null,
    wraps: "src/control/sensors/queue.ts",
    caughtBy: {
      file: "test/unit/sensors-queue.test.ts",
      test: "the queue's sensor > leaves out what waits behind a breaker that is not closed, and behind a drain that is not done",
    },
  },
  {
    fault: "let-a-mode-hold-itself-up",
    what: "what a mode held back is taken for an overload when it is let in again, and brings the mode back",
    invariant: null,
    wraps: "src/control/sensors/readmitted.ts",
    caughtBy: {
      file: "test/integration/way-back-from-overload.test.ts",
      test: "the way back from an overload > comes to an end: what the mode held back is worked off, and brings the mode back no more",
    },
  },
  {
    fault: "explain-what-goes-on-growing",
    what: "a backlog that grows beyond what was let in again is explained by it",
    invariant: null,
    wraps: "src/control/sensors/readmitted.ts",
    caughtBy: {
      file: "test/unit/sensors-queue.test.ts",
      test: "what was held back and is let in again > only shrinks: what goes on growing beyond it is an overflow again",
    },
  },
  {
    fault: "show-the-policy-late",
    what: "calls see a policy that is a moment old",
    invariant: null,
    wraps: CONTROL,
    caughtBy: { file: PIN, test: "a pin > forces its mode within the call that sets it, with who, why and until when" },
  },
  {
    fault: "ignore-the-batch-factor",
    what: "batches stay as large as ever, whatever a mode asks for",
    invariant: null,
    wraps: "src/queue/dispatcher.ts",
    caughtBy: {
      file: EFFECTS,
      test: "the factors of a policy > batch 0 is one at a time: no batch, no run of several",
    },
  },
  {
    fault: "let-every-caller-go-first",
    what: "whoever waits for an answer goes before the whole backlog, however urgent that is",
    invariant: null,
    wraps: "src/queue/live-calls.ts",
    caughtBy: {
      file: "test/integration/live-priority.test.ts",
      test: "what gets the next permit > is an urgent operation that nobody waits for, before a caller with a less urgent one",
    },
  },
  {
    fault: "keep-nothing-for-the-backlog",
    what: "while a backlog drains, callers may have the whole limit",
    invariant: null,
    wraps: "src/dependencies/concurrency-limit.ts",
    caughtBy: {
      file: "test/integration/live-priority.test.ts",
      test: "what gets the next permit > is of a backlog that drains, as long as it has less than a quarter of them, and then of who waits",
    },
  },
  {
    fault: "ignore-the-concurrency-factor",
    what: "as much runs at once as ever, whatever a mode asks for",
    invariant: null,
    wraps: "src/dependencies/managed-dependency.ts",
    caughtBy: {
      file: EFFECTS,
      test: "the factors of a policy > concurrency counts at once, downwards too, with calls in flight",
    },
  },
  {
    fault: "ignore-the-attempt-timeout-factor",
    what: "attempts end when they always do, although a mode has given them more time",
    invariant: null,
    wraps: "src/queue/attempted-rows.ts",
    caughtBy: {
      file: MODE_EFFECTS,
      test: 'a mode changes what the service does, and changes it back: by its trigger, > reduced_performance by ["event_loop_overload"]',
    },
  },
  {
    fault: "refuse-without-a-retry-after",
    what: "whoever is refused for now is not told when to come again",
    invariant: null,
    wraps: "src/operations/refusals.ts",
    caughtBy: {
      file: EFFECTS,
      test: "a policy that refuses a priority > says that it was shed, why, and when to come again, and keeps nothing",
    },
  },
  {
    fault: "pass-a-fallback-off-as-fresh",
    what: "what a fallback answers looks like the work itself",
    invariant: null,
    wraps: "src/operations/fallback.ts",
    caughtBy: {
      file: EFFECTS,
      test: "a policy that refuses a priority > has the fallback answer, of what cannot wait and of what it refuses, and says so",
    },
  },
  {
    fault: "open-an-alert-twice",
    what: "what is raised again becomes another alert beside the one that is open",
    invariant: null,
    wraps: "src/alerts/alerts.ts",
    caughtBy: {
      file: ALERTS,
      test: "an alert > is one while it is not resolved, however often it is raised, and a new one afterwards",
    },
  },
  {
    fault: "keep-quiet-about-the-dead",
    what: "nobody is told that a sensor has failed",
    invariant: null,
    wraps: "src/alerts/control-alerts.ts",
    caughtBy: {
      file: ALERTS,
      test: "alerts of the control plane > say that a sensor failed, which does not make its condition well",
    },
  },
  {
    fault: "answer-orders-at-once",
    what: "a person's order is answered before it is on disk, from where a kill takes it",
    invariant: 5,
    wraps: "src/storage/open-journal.ts",
    caughtBy: {
      file: "test/integration/server-degradation-control.test.ts",
      test: "a pin over HTTP > is answered when it is on disk, from where a kill does not take it",
    },
  },
];
