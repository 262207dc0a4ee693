import * as real from "../../../src/graph/embedded/index.ts";
import { withReceipts } from "../wrapped.ts";

export * from "../../../src/graph/embedded/index.ts";

/** Look for the receipt, write the effect, then the receipt: right as long as nothing happens in between. */
export const embeddedGraph: typeof real.embeddedGraph = (options) =>
  withReceipts(real.embeddedGraph(options), (store) => ({
    async once(request, work) {
      if (request.receipt === null) return store.once(request, work);
      const [found] = await store.find([request.receipt], 10_000);
      if (found) return store.once(request, work);
      const result = await store.once({ ...request, receipt: null }, work);
      await store.once(request, async () => result.result);
      return result;
    },
  }));
