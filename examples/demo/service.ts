import { createRuntime } from "holdfast";
import { toAnswer } from "./answer.ts";
import { asChild } from "./child.ts";
import { openEndpoint } from "./endpoint.ts";
import { Measurements } from "./measurements.ts";
import type { ServiceCommand, ServiceReport } from "./messages.ts";
import { openGraph, type ServiceGraph } from "./service-graph.ts";

/*
 * The service: a process that embeds the runtime with one operation, document.ingest, and takes it on a port of this
 * machine. This is what a team would write; of the demo are only its figures, and the wrapper around a graph that has
 * no socket to be cut.
 */

const STATUS_EVERY_MS = 25;

/** The default: a graph that is merely slow is waited for, so that it is the outage that queues. */
const ANSWER_WITHIN_MS = 5_000;

/** As in production, but for the longest pause between probes, which would only make a demo longer. */
const CONFIG = { breaker: { maximumBreakMs: 2_000 } } as const;

interface Running {
  readonly graph: ServiceGraph;
  stop(): Promise<void>;
}

let running: Promise<Running> | undefined;

const report = asChild<ServiceCommand, ServiceReport>((command) => {
  obey(command).catch((error: unknown) =>
    report({ type: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
});

async function obey(command: ServiceCommand): Promise<void> {
  if (command.type === "start") {
    running = start(command);
    return void (await running);
  }
  const service = await running;
  if (command.type === "fault") {
    const at = Date.now();
    service?.graph.apply(command.fault, command.count);
    report({ type: "fault_applied", fault: command.fault, at });
  } else {
    await service?.stop();
    process.exit(0);
  }
}

async function start(settings: Extract<ServiceCommand, { type: "start" }>): Promise<Running> {
  const graph = openGraph(settings.graph);
  const { ingest } = graph;
  const runtime = await createRuntime({ dataDirectory: settings.dataDirectory, operations: [ingest], config: CONFIG });
  const measurements = new Measurements(runtime, () => graph.swallowed, report);
  const endpoint = await openEndpoint(async (input, idempotencyKey) => {
    const outcome = await runtime.submitByName(ingest.name, input, {
      idempotencyKey,
      answerWithinMs: ANSWER_WITHIN_MS,
    });
    measurements.answered(outcome);
    return toAnswer(outcome);
  });
  const timer = setInterval(() => report({ type: "status", status: measurements.status() }), STATUS_EVERY_MS);
  report({ type: "ready", port: endpoint.port });
  return {
    graph,
    async stop() {
      clearInterval(timer);
      await endpoint.close();
      await runtime.stop();
    },
  };
}
