import type { Dependency } from "holdfast";

export interface TimedTransactions<Handle> {
  readonly dependency: Dependency<Handle>;
  /** How long each transaction took that was committed since this was asked last: from its beginning to its commit. */
  take(): readonly number[];
}

/** A dependency with receipts whose transactions are timed, as the dependency answers them. */
export function timedTransactions<Handle>(around: Dependency<Handle>): TimedTransactions<Handle> {
  let tookMs: number[] = [];
  return {
    take() {
      const taken = tookMs;
      tookMs = [];
      return taken;
    },
    dependency: {
      ...around,
      connect: (context) => {
        const connection = around.connect(context);
        const { receipts } = connection;
        if (receipts === undefined) throw new Error(`${around.name} keeps no receipts.`);
        const once = receipts.once.bind(receipts);
        receipts.once = async (request, work) => {
          const beganAt = performance.now();
          const result = await once(request, work);
          tookMs.push(performance.now() - beganAt);
          return result;
        };
        return connection;
      },
    },
  };
}
