import { silentLogger } from "holdfast";
import { Attempt } from "holdfast/testing";
import type { Answer } from "../answer.ts";
import { order } from "./order-operations.ts";
import { plainClock } from "./plain-clock.ts";
import { type OrderRequest, type OrderTaker, serveOrders, type ServiceParts } from "./serve-orders.ts";
import { ATTEMPT_TIMEOUT_MS } from "./service-times.ts";

/*
 * The control: a service without Holdfast. It calls the graph's driver directly, with the usual timeout, and tells its
 * caller what came of it. No breaker, no queue, no limit, no modes, no receipts.
 */

const PROBE_TIMEOUT_MS = 30_000;

serveOrders(async ({ graph, operations }: ServiceParts): Promise<OrderTaker> => {
  const connection = graph.connect({ clock: plainClock, logger: silentLogger });
  const transactions = connection.receipts;
  if (transactions === undefined) throw new Error("The control needs a graph.");
  // Makes the constraints.
  await connection.probe(PROBE_TIMEOUT_MS);
  let underWay = 0;
  let calls = 0;

  const call = async ({ operation, input: given }: OrderRequest): Promise<void> => {
    const input = order.parse(given);
    const attempt = new Attempt(`bare-${(calls += 1)}`, 1, ATTEMPT_TIMEOUT_MS);
    const context = {
      input,
      operationId: attempt.operationId,
      attempt: 1,
      principal: "service",
      signal: attempt.signal,
    };
    if (operation === operations.price.name) return void (await operations.price.execute(context));
    const timer = setTimeout(() => attempt.onTimeout(), ATTEMPT_TIMEOUT_MS);
    try {
      await transactions.once({ receipt: null, keepResult: false, attempt }, async (transaction) => {
        await operations.record.execute({ ...context, graph: transaction });
        return undefined;
      });
    } finally {
      clearTimeout(timer);
      attempt.end();
    }
  };

  return {
    async take(request): Promise<Answer> {
      const operationId = `bare-${calls}`;
      underWay += 1;
      try {
        await call(request);
        return { status: "completed", operationId };
      } catch (error) {
        return { status: "failed", operationId, message: error instanceof Error ? error.message : String(error) };
      } finally {
        underWay -= 1;
      }
    },
    status: () => ({ modes: "", isNormal: true, unfinished: underWay, limit: 0 }),
    retryDeadLetters: () => Promise.resolve(0),
    stop: () => connection.close(),
  };
});
