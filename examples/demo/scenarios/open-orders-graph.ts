import type { Dependency } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { neo4j } from "holdfast/neo4j";
import { faultyGraph } from "holdfast/testing";
import type { GraphSettings } from "../messages.ts";
import { narrowGraph, type Narrowness } from "./narrow-graph.ts";
import { type OrdersGraph, STATION_NODES } from "./order-operations.ts";
import type { TroubleOfGraph } from "./troubles.ts";

/** A service's graph, and the troubles that happen to it within the service. */
export interface OrdersGraphOpened {
  readonly dependency: Dependency<OrdersGraph>;
  begin(trouble: TroubleOfGraph): void;
}

/** Opens the graph. It can take so much and no more; Neo4j is cut by a proxy in another process, the embedded one here. */
export function openOrdersGraph(settings: GraphSettings, narrowness: Narrowness): OrdersGraphOpened {
  if (settings.kind === "neo4j") {
    const { kind: _, ...address } = settings;
    const whole: Dependency<OrdersGraph> = neo4j({ ...address, nodes: STATION_NODES });
    const narrow = narrowGraph(whole, narrowness);
    return {
      dependency: narrow.dependency,
      begin: (trouble) => (trouble.kind === "slow" ? narrow.setServiceMs(trouble.serviceMs) : undefined),
    };
  }
  const whole: Dependency<OrdersGraph> = embeddedGraph({ file: settings.file, nodes: STATION_NODES });
  const faulty = faultyGraph(whole);
  const narrow = narrowGraph(faulty.dependency, narrowness);
  return {
    dependency: narrow.dependency,
    begin: (trouble) => (trouble.kind === "slow" ? narrow.setServiceMs(trouble.serviceMs) : faulty[trouble.kind]()),
  };
}
