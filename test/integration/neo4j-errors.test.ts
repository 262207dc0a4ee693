import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { neo4j, type Neo4jTransaction } from "../../src/graph/neo4j/index.ts";
import { silentLogger } from "../../src/ports.ts";
import { systemClock } from "../../src/system-clock.ts";
import { newOperation } from "../conformance/graph-harness.ts";
import { type BehindProxy, neo4jBehindProxy } from "../conformance/neo4j-behind-proxy.ts";
import { neo4jLogin, neo4jSkipped } from "../conformance/neo4j-support.ts";

/** What a real server's refusals become. Each provokes a row of src/graph/neo4j/error-table.ts. */
describe.skipIf(neo4jSkipped !== undefined)("errors of a real Neo4j", () => {
  let graph: BehindProxy;
  beforeAll(async () => {
    graph = await neo4jBehindProxy();
    await graph.connection.probe(30_000);
  });
  afterAll(() => graph.close());

  const once = (work: (transaction: Neo4jTransaction) => Promise<unknown>, timeoutMs = 20_000) => {
    const operation = newOperation();
    return graph.store.once(
      {
        receipt: { operationId: operation, incarnation: 1 },
        keepResult: false,
        attempt: new Attempt(operation, 1, timeoutMs),
      },
      async (transaction) => {
        await work(transaction);
        return undefined;
      },
    );
  };
  const run = (cypher: string, parameters?: Record<string, unknown>) =>
    once((transaction) => transaction.run(cypher, parameters));

  test.each<[what: string, cypher: string, code: string]>([
    ["a syntax error", "MERGE (n", "syntax_error"],
    ["an unknown variable", "RETURN n", "syntax_error"],
    ["a missing parameter", "RETURN $missing", "parameter_missing"],
    ["a map as a property", "CREATE (n:Never {a: {b: 1}})", "type_error"],
    ["a division by zero", "RETURN 1/0", "statement_failed"],
    ["a procedure that does not exist", "CALL no.such.procedure()", "statement_failed"],
    ["MERGE on null", "MERGE (n:Never {id: null})", "statement_failed"],
  ])("%s is rejected, for good, with no effect", async (_, cypher, code) => {
    await expect(run(cypher)).rejects.toMatchObject({
      name: "DependencyError",
      code,
      kind: "rejected",
      effect: "none",
      retryable: false,
    });
  });

  test("the driver stays usable after each of them", async () => {
    await expect(run("RETURN 1/0")).rejects.toMatchObject({ kind: "rejected" });
    expect(await run("RETURN 1 AS one")).toMatchObject({ applied: "now" });
  });

  test("no message quotes what was written", async () => {
    const secret = "4111111111111111";
    const create = (transaction: Neo4jTransaction): Promise<void> =>
      transaction.createNodes(graph.item, [{ id: secret }]);
    await once(create);
    const error = await once(create).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "constraint_violated" });
    expect((error as Error).message).not.toContain(secret);
  });

  test("a deadlock is contention: retryable, with no effect, and the other transaction commits", async () => {
    const [a, b] = [newOperation(), newOperation()];
    await once((transaction) => transaction.mergeNodes(graph.item, [{ id: a }, { id: b }]));
    let arrived = 0;
    const both = Promise.withResolvers<void>();
    const touch = (first: string, second: string) => (transaction: Neo4jTransaction) =>
      (async () => {
        await transaction.mergeNodes(graph.item, [{ id: first, touched: true }]);
        if (++arrived === 2) both.resolve();
        await both.promise;
        await transaction.mergeNodes(graph.item, [{ id: second, touched: true }]);
      })();
    const outcomes = await Promise.allSettled([once(touch(a, b)), once(touch(b, a))]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({
      code: "deadlock",
      kind: "contention",
      effect: "none",
      retryable: true,
    });
  });

  test("the server ends a transaction that outlives its attempt's time, with no effect", async () => {
    const key = newOperation();
    const holder = Promise.withResolvers<void>();
    const holding = Promise.withResolvers<void>();
    const first = once(async (transaction) => {
      await transaction.mergeNodes(graph.item, [{ id: key, by: "holder" }]);
      holding.resolve();
      await holder.promise;
    });
    await holding.promise;
    const waits = once((transaction) => transaction.mergeNodes(graph.item, [{ id: key, by: "waiter" }]), 1_000);
    await expect(waits).rejects.toMatchObject({ code: "transaction_timed_out", kind: "unavailable", effect: "none" });
    holder.resolve();
    await first;
    expect((await graph.own.nodes(graph.item)).find(({ id }) => id === key)).toMatchObject({ by: "holder" });
  });

  test("nodes that share a key keep the probe from succeeding, and it says what to do", async () => {
    const label = `${graph.own.prefix}Doubled`;
    await graph.own.read(`CREATE (:\`${label}\` {id: 1}), (:\`${label}\` {id: 1})`);
    const connection = neo4j({
      ...neo4jLogin(),
      receiptLabel: graph.own.receiptLabel,
      nodes: { [label]: { key: "id" } },
    }).connect({ clock: systemClock, logger: silentLogger });
    const error = await connection.probe(20_000).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "constraint_missing", kind: "misconfigured", retryable: false });
    expect((error as Error).message).toContain(`CREATE CONSTRAINT \`holdfast_${label}_id\``);
    await graph.own.read(`MATCH (n:\`${label}\`) DELETE n`);
    await connection.probe(20_000);
    await connection.close();
  });

  test("the probe creates the constraints and the declared indexes, once", async () => {
    const label = `${graph.own.prefix}Indexed`;
    const make = () =>
      neo4j({
        ...neo4jLogin(),
        receiptLabel: graph.own.receiptLabel,
        nodes: { [label]: { key: "id", index: ["kind"] } },
        relationships: { [`${label}_NEXT`]: { from: label, to: label, index: ["document"] } },
      }).connect({ clock: systemClock, logger: silentLogger });
    for (const connection of [make(), make()]) {
      await connection.probe(20_000);
      await connection.close();
    }
    const indexes = await graph.own.read(
      "SHOW INDEXES YIELD labelsOrTypes, properties WHERE any(name IN labelsOrTypes WHERE name STARTS WITH $label) RETURN labelsOrTypes[0] + '.' + properties[0] AS on",
      { label },
    );
    expect(new Set(indexes.map(({ on }) => on))).toEqual(
      new Set([`${label}.id`, `${label}.kind`, `${label}_NEXT.document`]),
    );
    expect(indexes).toHaveLength(3);
    const constraints = await graph.own.read(
      "SHOW CONSTRAINTS YIELD labelsOrTypes, properties WHERE labelsOrTypes[0] IN $labels RETURN properties",
      { labels: [label, graph.own.receiptLabel] },
    );
    expect(constraints).toHaveLength(2);
  });
});
