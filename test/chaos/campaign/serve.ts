import { once } from "node:events";
import { writeSync } from "node:fs";
import { BroadcastChannel } from "node:worker_threads";
import { createRuntime, type Dependency, type PartialRuntimeConfig } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { neo4j } from "holdfast/neo4j";
import { faultyGraph } from "holdfast/testing";
import { type AppendingGraph, appendOperation, LIST_NODES } from "./append-operation.ts";
import { Load } from "./load.ts";
import {
  HOLD_CHANNEL,
  isThreadPoint,
  type NamedPoint,
  type Report,
  REPORT_FD,
  type ServiceCommand,
  type ServiceSettings,
  toLine,
} from "./messages.ts";

/** What a test may put around the parts of the service, to plant a fault. */
export interface ServicePorts {
  /** Around the graph that the runtime gets. */
  readonly wrapGraph?: (graph: Dependency<AppendingGraph>) => Dependency<AppendingGraph>;
}

const STATUS_EVERY_MS = 20;
const ARM_EVERY_MS = 10;
/** One answer of a commit is lost this often where the graph has no socket on which that could happen. */
const SWALLOW_EVERY_MS = 150;

/** Breaks, pauses and the slow start are short, so that a life of seconds sees all of them. */
const CONFIG: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 200, maximumBreakMs: 500 },
  concurrency: { slowStartMs: 500 },
  operations: { attemptTimeoutMs: 5_000, retry: { maximumAttempts: 50, initialPauseMs: 10, maximumPauseMs: 200 } },
};

const report = (...reports: readonly Report[]): void => {
  let rest = Buffer.from(reports.map(toLine).join(""));
  while (rest.length > 0) rest = rest.subarray(writeSync(REPORT_FD, rest));
};

/**
 * The service that the campaign kills: it embeds the runtime, loads itself, and reports every acknowledgement over a
 * pipe before it goes on. Ends with the process that started it.
 */
export async function serve(ports: ServicePorts = {}): Promise<void> {
  // Ctrl-C in the terminal is for the campaign, which ends us.
  process.on("SIGINT", () => {});
  process.once("disconnect", () => process.exit(1));
  process.on("uncaughtException", (error) => {
    report({ kind: "trouble", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exit(1);
  });
  const [command] = (await once(process, "message")) as [ServiceCommand];
  if (command.kind === "start") await run(command, ports);
}

async function run(settings: ServiceSettings, { wrapGraph = (graph) => graph }: ServicePorts): Promise<void> {
  const holds = new Holds();
  const faulty = faultyGraph(wrapGraph(openGraph(settings)), { onPoint: (point) => holds.at(point) });
  const append = appendOperation(faulty.dependency, () => holds.at("executing"));
  const runtime = await createRuntime({
    dataDirectory: settings.dataDirectory,
    operations: [append],
    config: CONFIG,
  });
  const counts = () => runtime.status().queue.counts;
  const waiting = (): number => Object.values(counts()).reduce((sum, rows) => sum + rows, 0);
  const load = new Load(settings, {
    report,
    waiting,
    submit: ({ number, list, ordered, priority, answerWithinMs }) => {
      const input = { list, number, ordered };
      const options = { priority, idempotencyKey: String(number) };
      return answerWithinMs === "enqueue"
        ? runtime.enqueue(append, input, options)
        : runtime.submit(append, input, { ...options, answerWithinMs });
    },
  });

  process.on("message", (command: ServiceCommand) => {
    if (command.kind === "arm") holds.arm(command.point);
    else if (command.kind === "window") load.window = command.submits;
    else if (command.kind === "stop") void runtime.stop().then(() => process.exit(0));
    else if (command.kind !== "start") faulty[command.kind]();
  });
  setInterval(() => {
    report({
      kind: "status",
      waiting: waiting(),
      dead: counts().dead,
      runs: runtime.status().control.policy.dependencies["graph"]?.decision === "run",
      finished: load.finished,
    });
    load.look();
  }, STATUS_EVERY_MS);
  if (settings.graph.kind === "embedded") setInterval(() => faulty.swallowCommitAnswers(1), SWALLOW_EVERY_MS);
  report({ kind: "ready" });
  load.look();
}

function openGraph({ graph }: ServiceSettings): Dependency<AppendingGraph> {
  if (graph.kind === "embedded") return embeddedGraph({ file: graph.file, nodes: LIST_NODES });
  const { kind: _, ...address } = graph;
  return neo4j({ ...address, nodes: LIST_NODES });
}

/** Points at which the service reports itself, and stays until it is killed. */
class Holds {
  #armed: NamedPoint | undefined;
  #isHeld = false;
  readonly #otherThreads = new BroadcastChannel(HOLD_CHANNEL);

  arm(point: NamedPoint): void {
    this.#armed = point;
    // Again and again: a thread that is still being started hears nothing.
    if (isThreadPoint(point)) setInterval(() => this.#otherThreads.postMessage(point), ARM_EVERY_MS);
  }

  async at(point: NamedPoint): Promise<void> {
    if (this.#armed !== point) return;
    if (!this.#isHeld) report({ kind: "held", point });
    this.#isHeld = true;
    await new Promise(() => {});
  }
}
