import type { Dependency } from "holdfast";
import { Attempt } from "holdfast/testing";

/**
 * What a careful service would do without Holdfast: the same write with the same receipt through the same graph
 * port, without journal, limits, breaker or retries. `submit` is compared with this.
 */
export async function bareReceiptedWrite<
  Handle extends { mergeNodes(label: "Item", rows: readonly { id: string; value: number }[]): Promise<void> },
>(graph: Dependency<Handle>): Promise<{ write(id: string): Promise<void>; close(): Promise<void> }> {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now(), setTimer: setTimer };
  const connection = graph.connect({ clock, logger: { debug() {}, info() {}, warn() {}, error() {} } });
  await connection.probe(10_000);
  return {
    async write(id) {
      const attempt = new Attempt(id, 1, 30_000);
      await connection.receipts!.once(
        { receipt: { operationId: id, incarnation: 0 }, keepResult: false, attempt },
        async (transaction) => {
          await transaction.mergeNodes("Item", [{ id, value: 1 }]);
          return undefined;
        },
      );
      attempt.end();
    },
    close: () => connection.close(),
  };
}

function setTimer(callback: () => void, delayMs: number): { cancel(): void } {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}
