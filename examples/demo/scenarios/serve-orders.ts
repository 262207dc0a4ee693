import type { Dependency } from "holdfast";
import { z } from "zod";
import type { Answer } from "../answer.ts";
import { asChild } from "../child.ts";
import { openEndpoint } from "../endpoint.ts";
import { heapShare } from "./heap-share.ts";
import type { ServiceCommand, ServiceReport, ServiceSettings, ServiceStatus } from "./messages.ts";
import { openOrdersGraph, type OrdersGraphOpened } from "./open-orders-graph.ts";
import { type OrderOperations, orderOperations, type OrdersGraph } from "./order-operations.ts";
import { type Trouble, Troubles } from "./troubles.ts";

const STATUS_EVERY_MS = 50;

const request = z.object({ operation: z.enum(["order.record", "order.price"]), input: z.unknown() });

export type OrderRequest = z.output<typeof request>;

/** How a service answers its callers: through Holdfast, or by itself. */
export interface OrderTaker {
  take(request: OrderRequest, idempotencyKey: string): Promise<Answer>;
  status(): Omit<ServiceStatus, "at" | "heapShare">;
  /** Resolves to how many there were. */
  retryDeadLetters(): Promise<number>;
  stop(): Promise<void>;
}

/** What both kinds of service are made of. */
export interface ServiceParts {
  readonly settings: ServiceSettings;
  readonly graph: Dependency<OrdersGraph>;
  readonly operations: OrderOperations;
  readonly troubles: Troubles;
  readonly report: (report: ServiceReport) => void;
}

interface Running {
  readonly graph: OrdersGraphOpened;
  readonly troubles: Troubles;
  retryDeadLetters(): Promise<number>;
  stop(): Promise<void>;
}

/** A service process: the same handlers on the same graph behind the same port, whatever is between them. */
export function serveOrders(openTaker: (parts: ServiceParts) => Promise<OrderTaker>): void {
  let running: Promise<Running> | undefined;
  const report = asChild<ServiceCommand, ServiceReport>((command) => {
    obey(command).catch((error: unknown) =>
      report({ type: "failed", message: error instanceof Error ? error.message : String(error) }),
    );
  });

  async function obey(command: ServiceCommand): Promise<void> {
    if (command.type === "start") {
      running = start(command.settings, openTaker, report);
      return void (await running);
    }
    const service = await running;
    if (service === undefined) return;
    if (command.type === "trouble") {
      begin(command.trouble, service);
      report({ type: "trouble_begun", kind: command.trouble.kind });
    } else if (command.type === "retry_dead_letters") {
      report({ type: "dead_letters_retried", count: await service.retryDeadLetters() });
    } else {
      await service.stop();
      process.exit(0);
    }
  }
}

function begin(trouble: Trouble, { graph, troubles }: Running): void {
  if (trouble.kind === "fail" || trouble.kind === "leak" || trouble.kind === "mend") troubles.begin(trouble);
  else graph.begin(trouble);
}

async function start(
  settings: ServiceSettings,
  openTaker: (parts: ServiceParts) => Promise<OrderTaker>,
  report: (report: ServiceReport) => void,
): Promise<Running> {
  const troubles = new Troubles();
  const graph = openOrdersGraph(settings.graph, settings.narrowness);
  const operations = orderOperations(graph.dependency, troubles);
  const taker = await openTaker({ settings, graph: graph.dependency, operations, troubles, report });
  const endpoint = await openEndpoint(
    (body, idempotencyKey) => taker.take(request.parse(body), idempotencyKey),
    settings.port,
  );
  const tell = (): void =>
    report({ type: "status", status: { ...taker.status(), at: Date.now(), heapShare: heapShare() } });
  const timer = setInterval(tell, STATUS_EVERY_MS);
  report({ type: "ready", port: endpoint.port });
  return {
    graph,
    troubles,
    retryDeadLetters: () => taker.retryDeadLetters(),
    async stop() {
      clearInterval(timer);
      await endpoint.close();
      await taker.stop();
    },
  };
}
