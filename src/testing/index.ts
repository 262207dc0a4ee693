/**
 * `holdfast/testing`: what a test of a resilient service needs. A clock that stands still, faults at a socket and at a
 * graph's port, and a real Neo4j started on this machine.
 *
 * @module
 */
/** For driving a graph's port by hand: what the runtime makes of each execution of a handler. */
export { Attempt } from "../dependencies/attempt.ts";
export { type FaultProxy, type FaultProxyConnection, type FaultProxyOptions, startFaultProxy } from "./fault-proxy.ts";
export {
  type FaultCounts,
  type FaultPoint,
  type FaultPointContext,
  faultyGraph,
  type FaultyGraph,
  type FaultyGraphOptions,
} from "./faulty-graph.ts";
export {
  fetchNeo4j,
  type Neo4jServer,
  type Neo4jServerOptions,
  neo4jUnavailable,
  startNeo4jServer,
} from "./neo4j-server.ts";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
