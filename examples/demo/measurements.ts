import type { Cause, ModeInForce, Outcome, Runtime } from "holdfast";
import { MODES } from "holdfast";
import type { ServiceReport, ServiceStatus } from "./messages.ts";

/** The dependency of document.ingest. */
export const GRAPH = "graph";

/** What the service sees of itself, from the runtime's public events and status. */
export class Measurements {
  readonly #runtime: Runtime;
  readonly #swallowed: () => number;
  /** The ids of this demo's operations: those answered `queued`, and those that have completed. */
  readonly #queued = new Set<string>();
  readonly #completed = new Set<string>();
  #deepestBacklog = 0;

  constructor(runtime: Runtime, swallowed: () => number, report: (report: ServiceReport) => void) {
    this.#runtime = runtime;
    this.#swallowed = swallowed;
    let queued = false;
    runtime.on("policy", (policy) => {
      const queues = policy.dependencies[GRAPH]?.decision !== "run";
      if (queues && !queued) report({ type: "queues", at: Date.now() });
      queued = queues;
    });
    runtime.on("transition", ({ at, machine, from, to, cause }) => {
      const mode = machine.split(":")[0] ?? machine;
      const why = JSON.parse(cause) as Cause;
      if ((MODES as readonly string[]).includes(mode))
        report({ type: "mode", transition: { at, mode, from, to, cause: why } });
      if (machine === `drain:${GRAPH}` && from === "verifying" && to === "empty")
        report({ type: "drain_verified", at });
    });
    runtime.on("page", ({ subject, cause }) => report({ type: "page", subject, cause }));
    runtime.on("ended", ({ operationId, outcome }) => {
      if (outcome === "completed") this.#completed.add(operationId);
    });
  }

  answered(outcome: Outcome): void {
    // A caller that had no answer asks again, and may be told of the end: the last answer counts, as in its own file.
    if (outcome.status === "queued") this.#queued.add(outcome.operationId);
    else if (outcome.status === "completed") this.#queued.delete(outcome.operationId);
    this.#backlog();
  }

  status(): ServiceStatus {
    const { control, queue, ended } = this.#runtime.status();
    return {
      at: Date.now(),
      modes: control.policy.modes.map(inWords).join(", "),
      backlog: this.#backlog(),
      deepestBacklog: this.#deepestBacklog,
      unfinished: Object.values(queue.counts).reduce((sum, rows) => sum + rows, 0) + queue.inFlight,
      completed: ended.completed,
      replayed: ended.replayed,
      failed: ended.failed + ended.dead,
      drained: this.#queued.intersection(this.#completed).size,
      swallowed: this.#swallowed(),
      admits: control.policy.dependencies[GRAPH]?.decision === "run",
      drain: control.drains.find(({ dependency }) => dependency === GRAPH)?.state ?? "empty",
    };
  }

  /** Accepted and not ended, without what is being executed: claimed rows wait too, behind the first of their lane. */
  #backlog(): number {
    const { counts, inFlight } = this.#runtime.status().queue;
    const backlog = Math.max(0, Object.values(counts).reduce((sum, rows) => sum + rows, 0) - inFlight);
    this.#deepestBacklog = Math.max(this.#deepestBacklog, backlog);
    return backlog;
  }
}

const inWords = ({ mode, step }: ModeInForce): string => (step === "in_force" ? mode : `${mode} (${step})`);
