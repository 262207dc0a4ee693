import type { Dependency } from "holdfast";
import type { AppendingGraph } from "./campaign/append-operation.ts";
import { serve } from "./campaign/serve.ts";

/*
 * The campaign's service with a planted fault: its graph commits effects without their receipts, so that nothing keeps
 * a replay from happening twice.
 */

function withoutReceipts(graph: Dependency<AppendingGraph>): Dependency<AppendingGraph> {
  return {
    ...graph,
    connect(context) {
      const connection = graph.connect(context);
      const store = connection.receipts!;
      const forgetful: typeof store = {
        once: (request, work) => store.once({ ...request, receipt: null }, work),
        onceBatch: async ({ items, attempt }, work) => {
          const results: (string | undefined)[] = [];
          await store.once({ receipt: null, keepResult: false, attempt }, async (transaction) => {
            results.push(...(await work(transaction, [...items.keys()])));
            return undefined;
          });
          return { state: "applied", results: results.map((result) => ({ applied: "now", result })) };
        },
        fence: (receipt, timeoutMs) => store.fence(receipt, timeoutMs),
        find: (receipts, timeoutMs) => store.find(receipts, timeoutMs),
        purge: (receipts, timeoutMs) => store.purge(receipts, timeoutMs),
      };
      return new Proxy(connection, {
        get(target, name) {
          if (name === "receipts") return forgetful;
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === "function" ? (member.bind(target) as unknown) : member;
        },
      });
    },
  };
}

await serve({ wrapGraph: withoutReceipts });
