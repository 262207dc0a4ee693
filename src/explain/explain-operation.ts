import { priorityOfRank } from "../../machines/contracts/priority.ts";
import type { AuditEntry } from "../storage/reads/list-audit.ts";
import type { ExplainedStep, Explanation } from "./explanation.ts";
import type { OperationFacts } from "./operation-facts.ts";
import { explainTransitionCauses, type Past } from "./past.ts";
import { rendered } from "./render-explanation.ts";
import { duration, timeOfDay } from "./wording.ts";

export interface OperationPorts {
  readonly past: Past;
  /** The dependency that keeps the receipt of this operation's effect, where one does. */
  readonly receiptIn: (name: string) => string | undefined;
  readonly now: () => number;
}

/** The life of one operation: a join of its row, its entries in the audit log and the transitions of those times. */
export async function explainOperation(facts: OperationFacts, ports: OperationPorts): Promise<Explanation> {
  const steps: ExplainedStep[] = [await acceptedStep(facts, ports)];
  for (const entry of facts.steps) steps.push(...(await stepsOf(entry, facts, ports)));
  steps.push(...(await lastSteps(facts, ports)));
  const { name, principal, priority, lane, operationId } = facts;
  const title = [
    name,
    ...(priority === undefined ? [] : [priorityOfRank(priority)]),
    lane === null ? "no lane" : `lane #${lane.toString(36)}`,
    `submitted by ${principal}`,
    operationId,
  ].join("  ");
  return rendered({ target: operationId, kind: "operation", title, steps });
}

async function acceptedStep(
  { acceptedAt: at, because }: OperationFacts,
  { past }: OperationPorts,
): Promise<ExplainedStep> {
  if (because === undefined) return { at, step: "accepted", what: "on disk", causes: [] };
  if (because === null) return { at, step: "running", what: "begun with its acceptance", causes: [] };
  const [why, dependency] = splitOnce(because);
  if (why === "policy" && dependency !== undefined) {
    const { what, causes } = await past.dependencyAt(dependency, at);
    return { at, step: "queued", what: `because policy: ${what}`, causes };
  }
  if (why === "policy") {
    const modes = await past.modesAt(at);
    const names = modes.map(({ machine, at: since }) => `${machine} was in force since ${timeOfDay(since)}`);
    return {
      at,
      step: "queued",
      what: `because policy: ${names.length === 0 ? "a mode queued its priority" : names.join(", ")}`,
      causes: modes.flatMap(explainTransitionCauses),
    };
  }
  return { at, step: "queued", what: `because ${why}: ${WAITED[why] ?? "it could not begin"}`, causes: [] };
}

const WAITED: Readonly<Record<string, string>> = {
  lane: "earlier operations of its lane came first",
  limit: "the concurrency limit of what it depends on was used up",
  held: "too many handlers of its kind went on after their attempts had ended",
};

/** One entry of the audit log: and before it, the claim that it tells of. */
async function stepsOf(entry: AuditEntry, facts: OperationFacts, ports: OperationPorts): Promise<ExplainedStep[]> {
  const { at, kind, principal } = entry;
  const detail = readDetail(entry.detail);
  const text = (key: string): string => {
    const value = detail[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "unknown";
  };
  const claim = typeof detail["claimedAt"] === "number" ? [await claimStep(detail["claimedAt"], facts, ports)] : [];
  const step = (name: string, what: string, causes: ExplainedStep["causes"] = []): ExplainedStep[] => [
    ...claim,
    { at, step: name, what, causes },
  ];
  switch (kind) {
    case "attempt_failed": {
      const due = typeof detail["dueAt"] === "number" ? `, to be tried again at ${timeOfDay(detail["dueAt"])}` : "";
      return step("retrying", `attempt ${text("attempt")} failed: ${text("error")}${due}`);
    }
    case "returned": {
      if (detail["error"] === "process_died")
        return step("returned", "the process died while it ran; not counted as an attempt");
      const since = typeof detail["claimedAt"] === "number" ? detail["claimedAt"] : facts.acceptedAt;
      const losses = await Promise.all(facts.dependencies.map((name) => ports.past.losses(name, since, at)));
      return step("returned", `not counted as an attempt: ${text("error")}`, losses.flat());
    }
    case "closing": {
      const because = detail["error"] === undefined ? "" : ` (${text("error")})`;
      return step("closing", `its effect is unknown${because}: a fence comes before it is ${text("becomes")}`);
    }
    case "buried": {
      const lane =
        facts.lane === null && detail["skipped"] !== true
          ? ""
          : detail["skipped"] === true
            ? "; its lane goes on"
            : "; its lane waits behind it";
      const message = facts.waiting?.state === "dead" && facts.error !== undefined ? `: ${facts.error.message}` : "";
      return step("dead", `a dead letter, ${text("error")}${message}${lane}`);
    }
    case "cancelled":
      return step("cancel", `asked for by ${principal}: ${text("reason")}`);
    case "discarded":
      return step("discard", `asked for by ${principal}: ${text("reason")}`);
    case "retried":
      return step(
        "retried",
        `by ${principal}: ${text("reason")}, ${detail["place"] === "end" ? "at the end of its lane" : "in its place"}`,
      );
    default:
      return step(kind, "");
  }
}

async function claimStep(
  at: number,
  { because, acceptedAt, dependencies }: OperationFacts,
  { past }: OperationPorts,
): Promise<ExplainedStep> {
  const closings =
    because?.startsWith("policy:") === true
      ? await Promise.all(dependencies.map((name) => past.closing(name, at)))
      : [];
  return {
    at,
    step: "running",
    what: `claimed from the queue, ${duration(at - acceptedAt)} after its acceptance`,
    causes: closings.flat(),
  };
}

/** How it ended, or where it is. */
async function lastSteps(facts: OperationFacts, ports: OperationPorts): Promise<ExplainedStep[]> {
  const { ended, waiting, acceptedAt, attempts, error, name } = facts;
  if (waiting !== undefined) return waitingSteps(facts, ports);
  if (ended === undefined) return [];
  const { claimedAt, endedAt: at, outcome, replayed } = ended;
  const told = facts.steps.some(({ detail }) => readDetail(detail)["claimedAt"] === claimedAt);
  const claim = claimedAt === undefined || told ? [] : [await claimStep(claimedAt, facts, ports)];
  const because = error === undefined ? "" : `${error.code}: ${error.message}`;
  const receipt = ports.receiptIn(name);
  const inGraph = receipt === undefined ? "" : `, receipt in ${receipt}`;
  const what = {
    completed: replayed
      ? `its effect had been there already${inGraph}`
      : `attempt ${attempts}${inGraph}, ${duration(at - (claimedAt ?? acceptedAt))}`,
    failed: `attempt ${attempts}, and its caller was told: ${because}`,
    cancelled: "it had no effect, and will have none",
    expired: `${duration(at - acceptedAt)} after its acceptance: ${because}`,
    discarded: `it was a dead letter (${because})`,
  }[outcome];
  return [...claim, { at, step: outcome, what, causes: [] }];
}

async function waitingSteps(
  { waiting, error, attempts, dependencies }: OperationFacts,
  { past, now }: OperationPorts,
): Promise<ExplainedStep[]> {
  if (waiting === undefined || waiting.state === "dead") return [];
  const last = error === undefined ? "" : `; last ${error.code}: ${error.message}`;
  switch (waiting.state) {
    case "running":
      return [{ step: "now", what: `running, attempt ${attempts + 1}${last}`, causes: [] }];
    case "scheduled":
      return [
        {
          step: "now",
          what: `waits for attempt ${attempts + 1} at ${timeOfDay(waiting.dueAt ?? now())}${last}`,
          causes: [],
        },
      ];
    case "ready": {
      const at = now();
      for (const name of dependencies) {
        if ((await past.closing(name, at)).length > 0) continue;
        const { what, causes } = await past.dependencyAt(name, at);
        return [{ step: "now", what: `ready, and not begun: ${what}`, causes }];
      }
      return [{ step: "now", what: "ready: claimed as soon as policy and limits allow", causes: [] }];
    }
    case "blocked":
    case "parked":
    case "closing":
    case "held":
      return [{ step: "now", what: `${waiting.state}: ${NOW[waiting.state]}${last}`, causes: [] }];
  }
}

const NOW = {
  blocked: "earlier operations of its lane come first",
  parked: "a dead letter stands before it in its lane, and needs a person",
  closing: "its effect is unknown until a fence is written",
  held: "its name and version are unknown here, or switched off",
} as const;

function readDetail(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  const detail: unknown = JSON.parse(text);
  return typeof detail === "object" && detail !== null ? (detail as Record<string, unknown>) : {};
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}
