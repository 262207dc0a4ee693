import { type Dependency, defineOperation } from "holdfast";
import { z } from "zod";

/** What the campaign needs of a graph; both have it. */
export interface AppendingGraph {
  append(
    label: "List",
    rows: readonly { readonly key: string; readonly property: string; readonly values: readonly number[] }[],
  ): Promise<void>;
  mergeNodes(label: "List", rows: readonly { readonly id: string; readonly last: number }[]): Promise<void>;
}

export const LIST_NODES = { List: { key: "id" } } as const;

/**
 * The one operation, alone while its caller waits and in batches from the backlog: appends its number to its list, which only the receipt keeps from happening twice, and in a
 * second statement writes the number down as the list's last, so that a half-applied transaction shows.
 */
export function appendOperation(graph: Dependency<AppendingGraph>, executing: () => Promise<void>) {
  return defineOperation({
    name: "campaign.append",
    version: 1,
    input: z.object({ list: z.string(), number: z.number().int(), ordered: z.boolean() }),
    dependsOn: { graph },
    orderingKey: ({ list, ordered }) => (ordered ? `campaign:${list}` : undefined),
    execute: async ({ input: { list, number }, graph: transaction }) => {
      await transaction.append("List", [{ key: list, property: "numbers", values: [number] }]);
      await transaction.mergeNodes("List", [{ id: list, last: number }]);
      await executing();
    },
    executeBatch: async ({ items, graph: transaction }) => {
      const inputs = items.map(({ input }) => input);
      await transaction.append(
        "List",
        inputs.map(({ list, number }) => ({ key: list, property: "numbers", values: [number] })),
      );
      await transaction.mergeNodes(
        "List",
        inputs.map(({ list, number }) => ({ id: list, last: number })),
      );
      await executing();
    },
  });
}
