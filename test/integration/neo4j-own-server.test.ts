import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import { silentLogger } from "../../src/ports.ts";
import { systemClock } from "../../src/system-clock.ts";
import { startFaultProxy } from "../../src/testing/fault-proxy.ts";
import { type Neo4jServer, neo4jUnavailable, startNeo4jServer } from "../../src/testing/neo4j-server.ts";
import { newOperation } from "../conformance/graph-harness.ts";
import { OwnNeo4j } from "../conformance/neo4j-support.ts";

const context = { clock: systemClock, logger: silentLogger };

/** What cannot be done to a server that others use: kill it, lock its user out, starve it of memory. */
describe.skipIf(neo4jUnavailable() !== undefined)("a Neo4j of one's own", () => {
  let server: Neo4jServer;
  beforeAll(async () => void (server = await startNeo4jServer({ settings: { "db.memory.transaction.max": "8m" } })));
  afterAll(() => server?.dispose());

  const connect = (options: { uri?: string; password?: string | (() => string); database?: string } = {}) =>
    neo4j({
      uri: server.uri,
      username: server.username,
      password: server.password,
      ...options,
      connectTimeoutMs: 2_000,
      nodes: { Item: { key: "id" } },
    }).connect(context);
  const once = (
    graph: ReturnType<typeof connect>,
    work: Parameters<NonNullable<typeof graph.receipts>["once"]>[1],
    operation = newOperation(),
  ) =>
    graph.receipts!.once(
      {
        receipt: { operationId: operation, incarnation: 1 },
        keepResult: false,
        attempt: new Attempt(operation, 1, 20_000),
      },
      work,
    );

  test("a write over the transaction's memory is overloaded: retryable, with no effect", async () => {
    const graph = connect();
    await graph.probe(30_000);
    const outcome = once(graph, async (transaction) => {
      await transaction.run(
        "UNWIND range(1, 1000000) AS n CREATE (:Item {id: n, text: 'a text that takes some room ' + n})",
      );
      return undefined;
    });
    await expect(outcome).rejects.toMatchObject({
      code: "out_of_transaction_memory",
      kind: "overloaded",
      effect: "none",
      retryable: true,
    });
    await graph.close();
  });

  test("a database that does not exist is misconfigured", async () => {
    const graph = connect({ database: "elsewhere" });
    await expect(graph.probe(20_000)).rejects.toMatchObject({
      code: "database_not_found",
      kind: "misconfigured",
      retryable: false,
    });
    await graph.close();
  });

  test("killed in a transaction: no effect; a probe tells the outage and the recovery on the same connection", async () => {
    const graph = connect();
    await graph.probe(30_000);
    const [kept, lost] = [newOperation(), newOperation()];
    const create = (id: string) => async (transaction: Parameters<Parameters<typeof once>[1]>[0]) => {
      await transaction.mergeNodes("Item", [{ id }]);
      return undefined;
    };
    await once(graph, create(kept), kept);
    const outcome = once(graph, async (transaction) => {
      await create(lost)(transaction);
      await server.kill();
      await transaction.mergeNodes("Item", [{ id: lost, again: true }]);
      return undefined;
    });
    await expect(outcome).rejects.toMatchObject({ code: "connection_lost", kind: "unavailable", effect: "none" });
    await expect(graph.probe(2_000)).rejects.toMatchObject({ kind: "unavailable" });
    await server.start();
    await graph.probe(30_000);
    const own = new OwnNeo4j(server);
    expect((await own.nodes("Item")).map(({ id }) => id).filter((id) => id === kept || id === lost)).toEqual([kept]);
    await own.close();
    expect(await once(graph, create(kept), kept)).toMatchObject({ applied: "before" });
    await graph.close();
  });

  test("a server that stops says so, and comes back", async () => {
    const graph = connect();
    await graph.probe(30_000);
    const stopping = once(graph, async (transaction) => {
      await transaction.run("CREATE (:Item {id: 'stopping'})");
      await server.stop();
      await transaction.run("CREATE (:Item {id: 'stopped'})");
      return undefined;
    });
    await expect(stopping).rejects.toMatchObject({ kind: "unavailable", effect: "none", retryable: true });
    await server.start();
    await graph.probe(30_000);
    await graph.close();
  });

  /** Last: it locks the user out for some seconds. */
  test("a wrong password is misconfigured, asked once, and a reconnect with the right one works", async () => {
    await using proxy = await startFaultProxy({ target: server });
    let password = "wrong";
    const graph = connect({ uri: `bolt://${proxy.host}:${proxy.port}`, password: () => password });
    const refusal = { code: "unauthorized", kind: "misconfigured", effect: "none", retryable: false };
    const error = await graph.probe(20_000).catch((caught: unknown) => caught);
    expect(error).toMatchObject(refusal);
    expect((error as Error).message).not.toContain("wrong");
    const tries = proxy.log.length;
    for (let call = 0; call < 10; call++)
      await expect(once(graph, async () => undefined)).rejects.toMatchObject(refusal);
    expect(proxy.log).toHaveLength(tries);
    for (let again = 0; again < 3; again++) await graph.probe(20_000).catch(() => {});
    await expect(graph.probe(20_000)).rejects.toMatchObject({
      code: "authentication_rate_limit",
      kind: "misconfigured",
    });
    ({ password } = server);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await graph.reconnect();
    await graph.probe(20_000);
    expect(await once(graph, async () => undefined)).toMatchObject({ applied: "now" });
    await graph.close();
  });
});
