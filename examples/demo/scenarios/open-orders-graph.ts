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
  const { whole, cutOrRestore } = openWhole(settings);
  const { dependency, setServiceMs, setLossShare } = narrowGraph(whole, narrowness);
  return {
    dependency,
    begin(trouble) {
      if (trouble.kind === "slow") setServiceMs(trouble.serviceMs);
      else if (trouble.kind === "lossy") setLossShare(trouble.share);
      else cutOrRestore(trouble.kind);
    },
  };
}

function openWhole(settings: GraphSettings): {
  readonly whole: Dependency<OrdersGraph>;
  readonly cutOrRestore: (kind: "cut" | "restore") => void;
} {
  if (settings.kind === "neo4j") {
    const { kind: _, ...address } = settings;
    return { whole: neo4j({ ...address, nodes: STATION_NODES }), cutOrRestore() {} };
  }
  const faulty = faultyGraph(embeddedGraph({ file: settings.file, nodes: STATION_NODES }));
  return { whole: faulty.dependency, cutOrRestore: (kind) => faulty[kind]() };
}
