import { embeddedHarness, neo4jHarness } from "./graph-harness.ts";
import { graphConformance } from "./graph-store.conformance.ts";
import { neo4jSkipped } from "./neo4j-support.ts";

graphConformance("the embedded graph", embeddedHarness);
graphConformance("Neo4j", neo4jHarness, neo4jSkipped);
