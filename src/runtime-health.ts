import type { QueueSettings } from "../config/types.ts";
import type { RuntimeStatus } from "./runtime-status.ts";
import { waitingRowsOf } from "./storage/pool-counts.ts";

export type HealthSeverity = "degraded" | "critical";

/** One thing that is not as it should be, and what a person can do. */
export interface HealthIssue {
  /** Its kind: `breaker_open`, `dead_letters`. */
  readonly code: string;
  readonly severity: HealthSeverity;
  /** Which dependency, actor or condition it is about. */
  readonly subject?: string;
  readonly what: string;
  readonly since?: number;
  readonly recommendation: string;
}

export interface HealthSummary {
  /** `critical`: one issue is, or three kinds of issue come together. */
  readonly status: "healthy" | "degraded" | "critical";
  readonly issues: readonly HealthIssue[];
  /** What could not be judged, because nothing was measured: no news, neither good nor bad. */
  readonly unmeasured: readonly string[];
}

/** A share of failed operations from which on they are an issue. */
const FAILING_SHARE = 0.1;
/** A share of a limit of the queue from which on it is an issue. */
const NEARLY_FULL = 0.8;
const KINDS_TO_BE_CRITICAL = 3;

/** Judges a status by measured facts alone. */
export function healthSummary(status: RuntimeStatus, queue: QueueSettings): HealthSummary {
  const issues = [
    ...ofTheProcess(status),
    ...ofDependencies(status),
    ...ofModes(status),
    ...ofIncidents(status),
    ...ofWork(status),
    ...ofRoom(status, queue),
  ];
  const kinds = new Set(issues.map(({ code }) => code)).size;
  const isCritical = kinds >= KINDS_TO_BE_CRITICAL || issues.some(({ severity }) => severity === "critical");
  return {
    status: isCritical ? "critical" : issues.length > 0 ? "degraded" : "healthy",
    issues,
    unmeasured: unmeasuredIn(status),
  };
}

function ofTheProcess({ phase, storage, isMonitoring, control: { actors } }: RuntimeStatus): HealthIssue[] {
  const issues: HealthIssue[] = [];
  if (storage === "lost")
    issues.push({
      code: "storage_lost",
      severity: "critical",
      what: "nothing can be put on disk any more",
      recommendation: "Restart the process; what was accepted is on disk.",
    });
  else if (storage !== "working")
    issues.push({
      code: "storage_failing",
      severity: "degraded",
      what: storage === "failing" ? "ends cannot be written" : "the thread that writes is being started anew",
      recommendation: "Look at the free space and the health of the disk.",
    });
  if (phase !== "running" && phase !== "storage_lost")
    issues.push({
      code: "not_running",
      severity: "critical",
      what: `the runtime is ${phase}`,
      recommendation: phase === "opened" ? "Start it." : "Send work elsewhere until it has started again.",
    });
  if (!isMonitoring && phase === "running")
    issues.push({
      code: "not_monitored",
      severity: "degraded",
      what: "the sensors are stopped: what they would see goes unnoticed",
      recommendation: "Start monitoring again.",
    });
  for (const { id, state, falls, givenUp } of actors)
    if (givenUp || state === "fallen")
      issues.push({
        code: "actor_fallen",
        severity: givenUp ? "critical" : "degraded",
        subject: id,
        what: `${id} crashed ${falls} ${falls === 1 ? "time" : "times"} in a row`,
        recommendation: "Read the log for what it threw, and report it; its subtree is started again by itself.",
      });
  return issues;
}

const FOR_A_PERSON: Readonly<Record<string, string>> = {
  misconfigured: "Correct its credentials, privileges or address; it is probed again by itself.",
  forced_open: "A person holds its breaker open; enable it when the reason is gone.",
  disabled: "A person has taken its breaker out; enable it, or failures go unnoticed.",
};

const ofDependencies = ({ control: { policy, breakers } }: RuntimeStatus): HealthIssue[] =>
  Object.entries(policy.dependencies).flatMap(([name, { state, cause }]) => {
    if (state === "closed") return [];
    const since = breakers.find(({ dependency }) => dependency === name)?.since;
    return [
      {
        code: `breaker_${state}`,
        severity: state === "misconfigured" ? ("critical" as const) : ("degraded" as const),
        subject: name,
        what: `${name} is ${state}: ${cause.what}`,
        ...(since === undefined ? {} : { since }),
        recommendation:
          FOR_A_PERSON[state] ?? "Look whether it is up and reachable; reset its breaker to have it probed at once.",
      },
    ];
  });

/** A mode that only answers to a breaker says nothing that its breaker does not. */
const ofModes = ({ control: { policy } }: RuntimeStatus): HealthIssue[] =>
  policy.modes.flatMap(({ mode, step, since, cause, dependency }) => {
    if (mode === "normal" || (mode === "local_queue" && step === "queueing")) return [];
    const isDrain = mode === "local_queue";
    return [
      {
        code: isDrain ? "draining" : mode,
        severity: mode === "emergency_mode" ? ("critical" as const) : ("degraded" as const),
        ...(dependency === undefined ? {} : { subject: dependency }),
        what: `${mode} is in force (${step}): ${cause.what}`,
        since,
        recommendation: isDrain
          ? "Nothing to do: what has waited is being executed."
          : step === "pinned"
            ? "A person has pinned it; release it when the reason is gone."
            : "Look at what raised it; it leaves by itself when that is gone.",
      },
    ];
  });

function ofIncidents({ control: { incidents, drains } }: RuntimeStatus): HealthIssue[] {
  const paged = incidents
    .filter(({ state }) => state === "paged")
    .map(({ condition, dependency, since, cause }): HealthIssue => {
      const subject = dependency === undefined ? condition : `${condition}:${dependency}`;
      return {
        code: "person_called",
        severity: "critical",
        subject,
        what: `a person is called about ${subject}: ${cause.what}`,
        since,
        recommendation: "Acknowledge the incident, and take over.",
      };
    });
  const disputed = drains
    .filter(({ state }) => state === "disputed")
    .map(
      ({ dependency, since }): HealthIssue => ({
        code: "drain_disputed",
        severity: "critical",
        subject: dependency,
        what: `what was executed of the backlog of ${dependency} does not agree with what was counted`,
        since,
        recommendation: "Compare the dependency with the ended operations, then accept the drain.",
      }),
    );
  return [...paged, ...disputed];
}

function ofWork({ queue: { counts }, measurements }: RuntimeStatus): HealthIssue[] {
  const issues: HealthIssue[] = [];
  if (counts.dead > 0)
    issues.push({
      code: "dead_letters",
      severity: "degraded",
      what: `${counts.dead} dead ${counts.dead === 1 ? "letter needs" : "letters need"} a person`,
      recommendation: "Read what each failed of, then retry or discard it: its lane may wait behind it.",
    });
  if (counts.held > 0)
    issues.push({
      code: "held_operations",
      severity: "degraded",
      what: `${counts.held} operations have a name or version that this process does not know`,
      recommendation: "Start a process that has their definitions, or a migrateInput for their version.",
    });
  const errorRate = measurements?.errorRate ?? null;
  if (errorRate !== null && errorRate > FAILING_SHARE)
    issues.push({
      code: "high_error_rate",
      severity: "degraded",
      what: `${Math.round(errorRate * 100)} of 100 operations fail`,
      recommendation: "Look at the codes they fail with: degradation.measurements.",
    });
  return issues;
}

function ofRoom(
  { queue: { counts, waitingBytes, freeDiskBytes } }: RuntimeStatus,
  limits: QueueSettings,
): HealthIssue[] {
  const issues: HealthIssue[] = [];
  const fullest = Math.max(waitingRowsOf(counts) / limits.maximumRows, waitingBytes / limits.maximumBytes);
  if (fullest >= NEARLY_FULL)
    issues.push({
      code: "queue_nearly_full",
      severity: fullest >= 1 ? "critical" : "degraded",
      what: `the queue is ${Math.floor(fullest * 100)} % full`,
      recommendation: "Find what keeps it from being executed, or send less; when it is full, work is refused.",
    });
  if (freeDiskBytes < limits.minimumFreeDiskBytes)
    issues.push({
      code: "disk_full",
      severity: "critical",
      what: `${freeDiskBytes} bytes are free on the disk of the journal: nothing is accepted below ${limits.minimumFreeDiskBytes}`,
      recommendation: "Free some space.",
    });
  return issues;
}

function unmeasuredIn({ measurements }: RuntimeStatus): string[] {
  if (measurements === undefined) return ["everything that sensors measure"];
  const { memory, errorRate, responseTimeMs, eventLoop, queue, slowOperations } = measurements;
  const values = { memory, errorRate, responseTimeMs, eventLoop, queue, slowOperations };
  return Object.entries(values).flatMap(([name, value]) => (value === null ? [name] : []));
}
