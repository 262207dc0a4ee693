import { join } from "node:path";
import type { GraphSettings } from "../messages.ts";
import type { Neo4jBehindProxy } from "../neo4j-under-test.ts";
import { readEmbeddedGraph } from "../verify-embedded-graph.ts";
import { readNeo4jGraph } from "../verify-neo4j-graph.ts";
import { STATION_LIST } from "./order-operations.ts";
import { STATIONS, stationId } from "./orders.ts";
import type { Trouble } from "./troubles.ts";

/** The graph of one arm: how its service reaches it, how it is read around everybody, and which troubles happen to its way. */
export interface GraphOfArm {
  readonly settings: GraphSettings;
  /** Each station's list, in order. */
  read(): Promise<readonly (readonly number[])[]>;
  /** True when the trouble happened here, and the service need not be told. */
  begin(trouble: Trouble): boolean;
}

export function graphOfArm(runId: string, folder: string, neo4j: Neo4jBehindProxy | undefined): GraphOfArm {
  const what = {
    runId,
    documentIds: Array.from({ length: STATIONS }, (_, station) => stationId(runId, station)),
    ...STATION_LIST,
  };
  if (neo4j === undefined) {
    const file = join(folder, "graph.db");
    return {
      settings: { kind: "embedded", file },
      read: async () => readEmbeddedGraph(file, what).lists,
      begin: () => false,
    };
  }
  return {
    settings: neo4j.settings(runId),
    read: async () => (await readNeo4jGraph(neo4j.address, what)).lists,
    begin: ({ kind }) => {
      if (kind !== "cut" && kind !== "restore") return false;
      neo4j.proxy[kind]();
      return true;
    },
  };
}
