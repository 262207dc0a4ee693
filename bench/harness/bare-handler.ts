import type { Dependency } from "holdfast";
import { Attempt } from "holdfast/testing";

export interface BareHandler<Handle> extends AsyncDisposable {
  /** One transaction: the handler's writes, and its receipt where that is asked for. */
  execute(handler: (transaction: Handle) => Promise<void>, receipt: boolean): Promise<void>;
}

/**
 * What a careful service would do without Holdfast: the same writes in the same transaction through the same driver,
 * without journal, limits, breaker or retries.
 */
export async function bareHandler<Handle>(graph: Dependency<Handle>): Promise<BareHandler<Handle>> {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now(), setTimer };
  const connection = graph.connect({ clock, logger: { debug() {}, info() {}, warn() {}, error() {} } });
  const { receipts } = connection;
  if (receipts === undefined) throw new Error(`${graph.name} keeps no receipts.`);
  await connection.probe(30_000);
  let executed = 0;
  return {
    async execute(handler, receipt) {
      const operationId = `bare-${executed++}`;
      const attempt = new Attempt(operationId, 1, 30_000);
      const request = { receipt: receipt ? { operationId, incarnation: 0 } : null, keepResult: false, attempt };
      await receipts.once(request, async (transaction) => {
        await handler(transaction);
        return undefined;
      });
      attempt.end();
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

function setTimer(callback: () => void, delayMs: number): { cancel(): void } {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}
