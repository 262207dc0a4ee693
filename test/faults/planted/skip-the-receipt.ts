import * as real from "../../../src/graph/embedded/index.ts";
import { withReceipts } from "../wrapped.ts";

export * from "../../../src/graph/embedded/index.ts";

/** The effect is written, its receipt is not. */
export const embeddedGraph: typeof real.embeddedGraph = (options) =>
  withReceipts(real.embeddedGraph(options), (store) => ({
    once: (request, work) => store.once({ ...request, receipt: null }, work),
  }));
