import type { Fault, NotBuiltYet } from "./fault.ts";
import { FAULTS_OF_DEGRADATION } from "./faults-of-degradation.ts";

const JOURNAL = "src/storage/open-journal.ts";
const GRAPH = "src/graph/embedded/index.ts";
const CONTROL = "src/control/create-control-plane.ts";

const PROMISES = "test/integration/promises.test.ts";
const CONTRACT = "test/integration/runtime-contract.test.ts";
const EXPLAIN = "test/integration/explain.test.ts";
const INVARIANTS = "test/unit/control-invariants.test.ts";
const INCIDENTS = "test/unit/control-incidents.test.ts";
const RESTART = "test/integration/journal-restart.test.ts";
const WRITER_ENDS = "test/integration/journal-writer-ends.test.ts";

/** In the order of the invariants, then how the service degrades. Of each a test is named that is quick and goes to the point, not all that notice. */
export const FAULTS: readonly Fault[] = [
  {
    fault: "answer-before-commit",
    what: "an acceptance is answered when it is handed over, not when it is on disk",
    invariant: 1,
    wraps: JOURNAL,
    caughtBy: {
      file: PROMISES,
      test: "invariant 1, nothing lost > nobody is told `queued` while the disk cannot commit",
    },
  },
  {
    fault: "forget-running-rows",
    what: "what a dead process left running is gone at the restart",
    invariant: 1,
    wraps: JOURNAL,
    caughtBy: {
      file: RESTART,
      test: "restart (invariant 1: nothing lost) > running rows of a dead process return: a lane's first as ready, its others as blocked, one interruption each",
    },
  },
  {
    fault: "fsync-off",
    what: "the journal's commits are not synchronised",
    invariant: 1,
    wraps: "src/storage/writer/open-database.ts",
    caughtBy: {
      file: "test/integration/journal-ownership.test.ts",
      test: "how it is written > every commit waits for the disk, through a write-ahead log: read back from the write connection",
    },
  },
  {
    fault: "interruption-is-an-attempt",
    what: "the death of the process counts against the operation that it interrupted",
    invariant: 1,
    wraps: JOURNAL,
    caughtBy: {
      file: PROMISES,
      test: "invariant 1, nothing lost > an interruption is not an attempt: what the process took down with it keeps all of its attempts",
    },
  },
  {
    fault: "send-again-what-was-committed",
    what: "a batch that was committed before its thread ended is sent again, as if it had not been",
    invariant: 2,
    wraps: "src/storage/writer/last-batch.ts",
    caughtBy: {
      file: WRITER_ENDS,
      test: "the writer's thread ends after commit > transitions and records that nobody waits for are there once, in their order",
    },
  },
  {
    fault: "interrupt-what-goes-on",
    what: "a thread that takes over treats what this process executes as left by a dead process",
    invariant: 1,
    wraps: "src/storage/writer/resume-journal-state.ts",
    caughtBy: {
      file: WRITER_ENDS,
      test: "the writer's thread ends before commit > runs that were under way go on under their tokens, without an interruption, and their lanes wait for them",
    },
  },
  {
    fault: "skip-the-receipt",
    what: "the effect is written, its receipt is not",
    invariant: 2,
    wraps: GRAPH,
    caughtBy: {
      file: CONTRACT,
      test: "an outage of the graph > invariant 2: replays an operation whose commit was not answered without doubling its effect",
    },
  },
  {
    fault: "receipt-after-the-effect",
    what: "the receipt is written in a transaction of its own, after the effect",
    invariant: 2,
    wraps: GRAPH,
    caughtBy: {
      file: "test/conformance/graph-store.test.ts",
      test: "the embedded graph > receipts > twenty attempts under one receipt at once apply one",
    },
  },
  {
    fault: "fence-that-fences-nothing",
    what: "a fence is answered without having been written",
    invariant: 2,
    wraps: GRAPH,
    caughtBy: {
      file: "test/integration/runtime-defects.test.ts",
      test: "an unknown effect stays unknown until a fence has made it known > does not tell `failed` when a later attempt hangs and an earlier one had its effect",
    },
  },
  {
    fault: "overtake-the-lane",
    what: "operations are accepted without their lane",
    invariant: 3,
    wraps: JOURNAL,
    caughtBy: {
      file: CONTRACT,
      test: "the way of one operation > invariant 3: effects of one lane happen in the order of acceptance, whatever runs beside it",
    },
  },
  {
    fault: "return-running-rows-as-ready",
    what: "what a dead process left running is ready at once, a lane's last row first",
    invariant: 3,
    wraps: JOURNAL,
    caughtBy: {
      file: RESTART,
      test: "restart (invariant 1: nothing lost) > running rows behind a head that failed before the run was finished are blocked, not ready",
    },
  },
  {
    fault: "drop-the-cause",
    what: "a transition is stored without who or what led to it",
    invariant: 4,
    wraps: CONTROL,
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 4, explained > every transition is stored with who or what led to it",
    },
  },
  {
    fault: "lose-a-transition",
    what: "the transitions of one kind of machine are not stored",
    invariant: 4,
    wraps: CONTROL,
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 4, explained > transitions are stored in the order of cause and effect",
    },
  },
  {
    fault: "fill-no-gap",
    what: "a watcher that comes back gets nothing from the store",
    invariant: 4,
    wraps: "src/degradation/stored-changes.ts",
    caughtBy: {
      file: "test/integration/server-machines-past.test.ts",
      test: "machines.watch > fills what the feed has forgotten meanwhile from the store",
    },
  },
  {
    fault: "forget-why-it-waited",
    what: "why an operation was not begun is not kept with it",
    invariant: 4,
    wraps: JOURNAL,
    caughtBy: {
      file: EXPLAIN,
      test: "invariant 4, explained: an operation > through an outage: who, why it waited and since when, with values and limits, when it ran, how it ended",
    },
  },
  {
    fault: "forget-the-attempts",
    what: "attempts that failed leave no row in the audit log",
    invariant: 4,
    wraps: "src/storage/plain-audit-log.ts",
    caughtBy: {
      file: EXPLAIN,
      test: "invariant 4, explained: an operation > that failed in passing: each attempt, its error's code, and when the next was due",
    },
  },
  {
    fault: "forget-the-alerts",
    what: "alerts are told, and not stored",
    invariant: 4,
    wraps: JOURNAL,
    caughtBy: {
      file: "test/integration/journal-alerts-and-steps.test.ts",
      test: "alerts in the journal > the newest word on an alert is stored, and a new process begins with those that are not resolved",
    },
  },
  {
    fault: "believe-a-remedy",
    what: "a remedy that ran is said to have helped, and nobody measures",
    invariant: 4,
    wraps: "src/control/actors/memory-relief.ts",
    caughtBy: {
      file: INCIDENTS,
      test: "memory exhaustion > whose relief frees nothing is a relief that failed; after the second a person is called",
    },
  },
  {
    fault: "open-for-a-late-report",
    what: "a breaker takes a report about calls of an earlier generation as one about now",
    invariant: 6,
    wraps: CONTROL,
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 6, late results are ignored > a report about calls of an earlier generation opens nothing",
    },
  },
  {
    fault: "count-a-late-result",
    what: "a result counts in the generation in which it comes back, not in the one in which its call began",
    invariant: 6,
    wraps: "src/dependencies/managed-dependency.ts",
    caughtBy: {
      file: "test/integration/faults-of-peers.test.ts",
      test: "a breaker and late results > stays closed when calls of before the break fail after it",
    },
  },
  {
    fault: "lose-a-timer-on-restore",
    what: "a machine that is restored while it waits is not woken any more",
    invariant: 7,
    wraps: CONTROL,
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 7, restart keeps time > a break with 5 s left at the kill and 2 s of downtime probes 3 s after the restart",
    },
  },
  {
    fault: "begin-the-break-anew",
    what: "downtime does not count: a break goes on where it was when the process died",
    invariant: 7,
    wraps: CONTROL,
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 7, restart keeps time > a break that ended during the downtime probes at once",
    },
  },
  {
    fault: "leave-the-fallen",
    what: "an actor that has crashed is not started again",
    invariant: 8,
    wraps: "machines/supervisor.machine.ts",
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 8, failures stay in their subtree > the crash of a breaker queues its dependency at once, and a fresh one probes before it closes",
    },
  },
  {
    fault: "let-a-crash-out",
    what: "a step that throws ends its machine, and the children of that go on as orphans",
    invariant: 8,
    wraps: "machines/contain-errors.ts",
    caughtBy: {
      file: INVARIANTS,
      test: "invariant 8, failures stay in their subtree > the crash of an incident stops the remedy it had invoked",
    },
  },
  {
    fault: "fall-together",
    what: "when one actor crashes, all others are started anew as well",
    invariant: 8,
    wraps: "machines/supervisor.machine.ts",
    caughtBy: { file: INVARIANTS, test: "invariant 8, failures stay in their subtree > siblings never notice" },
  },
  {
    fault: "forget-failed-remedies",
    what: "an incident that crashed begins its ladder anew",
    invariant: 8,
    wraps: "machines/recovery/incident-context.ts",
    caughtBy: {
      file: INCIDENTS,
      test: "invariant 8, failures stay in their subtree > an incident that crashes with a remedy at work counts it as one that failed, and goes on counting",
    },
  },
  {
    fault: "drop-an-audit-row",
    what: "ends leave no row in the audit log",
    invariant: 9,
    wraps: "src/storage/plain-audit-log.ts",
    caughtBy: {
      file: "test/integration/journal-life.test.ts",
      test: "the life of one row > an audit row with its principal stands beside every acceptance, end and burial",
    },
  },
  {
    fault: "tell-the-password",
    what: "the failure of a probe says with which password it was tried",
    invariant: 10,
    wraps: "src/graph/neo4j/index.ts",
    caughtBy: {
      file: PROMISES,
      test: "invariant 10, nothing sensitive leaves > neither logs, events, statuses nor the journal carry the password of a graph that cannot be reached",
    },
  },
  {
    fault: "log-the-input",
    what: "what was accepted is logged with its input",
    invariant: 10,
    wraps: JOURNAL,
    caughtBy: {
      file: PROMISES,
      test: "invariant 10, nothing sensitive leaves > neither logs, events, statuses nor the audit carry an input",
    },
  },
  {
    fault: "thaw-the-configuration",
    what: "whoever gets the configuration can change it under everybody else",
    invariant: 11,
    wraps: "config/presets.ts",
    caughtBy: {
      file: PROMISES,
      test: "invariant 11, one configuration at a time > nobody can change it once the runtime has it",
    },
  },
  {
    fault: "remember-every-lane",
    what: "something small is kept in memory for each lane, and never forgotten",
    invariant: 12,
    wraps: JOURNAL,
    caughtBy: { file: PROMISES, test: "invariant 12, bounded > memory does not grow with the number of lanes" },
  },
  {
    fault: "accept-beyond-the-bound",
    what: "the queue is never full",
    invariant: 12,
    wraps: JOURNAL,
    caughtBy: {
      file: "test/integration/runtime-bounds.test.ts",
      test: "invariant 12: every buffer has a bound, and a rule for when it is full > refuses with queue_full when the queue holds as many rows as it may, and drops nothing that was accepted",
    },
  },
  ...FAULTS_OF_DEGRADATION,
];

export const NOT_BUILT_YET: readonly NotBuiltYet[] = [
  {
    fault: "edit-the-audit",
    invariant: 9,
    notBuiltYet: "the audit log is a plain table, nothing makes a change of it evident yet",
  },
  {
    fault: "change-the-revision-under-an-operation",
    invariant: 11,
    notBuiltYet: "the configuration is frozen at the start, there are no revisions yet",
  },
];
