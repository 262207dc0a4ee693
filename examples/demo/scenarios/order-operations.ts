import { type Dependency, defineOperation, PRIORITIES } from "holdfast";
import { z } from "zod";
import type { Troubles } from "./troubles.ts";

/** What the orders need of a graph; both kinds have it. */
export interface OrdersGraph {
  append(
    label: "Station",
    rows: readonly { readonly key: string; readonly property: string; readonly values: readonly number[] }[],
  ): Promise<void>;
}

export const STATION_NODES = { Station: { key: "id" } } as const;
export const STATION_LIST = { label: "Station", listProperty: "orders" } as const;

export const order = z.object({
  station: z.string(),
  order: z.int().nonnegative(),
  priority: z.enum(PRIORITIES),
});

export type OrderInput = z.output<typeof order>;

/**
 * The handlers, which both services call: one through Holdfast, the other directly. `order.record` appends an order to
 * its station's list, which only a receipt keeps from happening twice; `order.price` answers by itself, and makes no
 * sense later.
 */
export function orderOperations(graph: Dependency<OrdersGraph>, troubles: Troubles) {
  const record = defineOperation({
    name: "order.record",
    version: 1,
    input: order,
    dependsOn: { graph },
    orderingKey: ({ station }) => `station:${station}`,
    execute: async ({ input, graph: transaction }) => {
      troubles.strike(input);
      await transaction.append("Station", [
        { key: input.station, property: STATION_LIST.listProperty, values: [input.order] },
      ]);
    },
  });
  const price = defineOperation({
    name: "order.price",
    version: 1,
    input: order,
    queueable: false,
    execute: async ({ input }) => {
      troubles.strike(input);
      return { cents: 100 + (input.order % 900) };
    },
  });
  return { record, price };
}

export type OrderOperations = ReturnType<typeof orderOperations>;
