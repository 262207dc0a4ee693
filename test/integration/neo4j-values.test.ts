import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import type { Neo4jTransaction } from "../../src/graph/neo4j/index.ts";
import { newOperation } from "../conformance/graph-harness.ts";
import { type BehindProxy, neo4jBehindProxy } from "../conformance/neo4j-behind-proxy.ts";
import { neo4jSkipped } from "../conformance/neo4j-support.ts";

class Temperature {
  readonly celsius = 177;
}

describe.skipIf(neo4jSkipped !== undefined)("run() on a real Neo4j", () => {
  let graph: BehindProxy;
  beforeAll(async () => {
    graph = await neo4jBehindProxy();
    await graph.connection.probe(30_000);
  });
  afterAll(() => graph.close());

  const handle = (): Neo4jTransaction => graph.connection.handle(new Attempt(newOperation(), 1, 20_000));

  test("whole numbers arrive as INTEGER and others as FLOAT, and all come back as they were", async () => {
    const values = {
      whole: 1,
      negative: -(2 ** 53 - 1),
      large: 2 ** 60,
      half: 0.5,
      list: [1, 2],
      mixed: [1, 2.5],
      nested: { n: 3 },
    };
    const [row] = await handle().run(
      `RETURN $values AS values, [x IN [$values.whole, $values.negative, $values.large, $values.half] | valueType(x)] AS types,
              valueType($values.list) AS list, valueType($values.mixed) AS mixed, 7 / $values.nested.n AS quotient`,
      { values },
    );
    expect(row?.values).toStrictEqual(values);
    expect(row?.types).toEqual(["INTEGER NOT NULL", "INTEGER NOT NULL", "FLOAT NOT NULL", "FLOAT NOT NULL"]);
    expect([row?.list, row?.mixed]).toEqual(["LIST<INTEGER NOT NULL> NOT NULL", "LIST<FLOAT NOT NULL> NOT NULL"]);
    expect(row?.quotient).toBe(2);
  });

  test("integers that no number holds come as bigint from run, and are an error in a match", async () => {
    const big = 2n ** 53n + 1n;
    await graph.own.read(`CREATE (:\`${graph.item}\` {id: 'big', n: 9007199254740993})`);
    expect(
      await handle().run(`MATCH (n:\`${graph.item}\` {id: 'big'}) RETURN n.n AS n, n.n = $big AS same`, { big }),
    ).toEqual([{ n: big, same: true }]);
    await expect(handle().matchNodes(graph.item, { keys: ["big"] })).rejects.toMatchObject({
      code: "integer_out_of_range",
      path: "n",
    });
  });

  test("nodes, relationships, paths, times and points come as plain data", async () => {
    const [row] = await handle().run(
      `CREATE p = (a:\`${graph.item}\` {id: 'plain a'})-[r:\`${graph.own.prefix}R\` {n: 1}]->(b:\`${graph.item}\` {id: 'plain b'})
       RETURN a, r, p, date('2026-11-24') AS day, datetime('2026-11-24T10:00:00Z') AS at, duration('PT90S') AS took, point({x: 1, y: 2}) AS place`,
    );
    expect(row).toMatchObject({
      a: { labels: [graph.item], properties: { id: "plain a" } },
      r: { type: `${graph.own.prefix}R`, properties: { n: 1 } },
      p: {
        nodes: [{ properties: { id: "plain a" } }, { properties: { id: "plain b" } }],
        relationships: [{ properties: { n: 1 } }],
      },
      day: "2026-11-24",
      at: "2026-11-24T10:00:00Z",
      took: "PT1M30S",
      place: { x: 1, y: 2 },
    });
    expect(JSON.parse(JSON.stringify(row))).toEqual(row);
  });

  test.each<[what: string, value: unknown, path: string, code: string]>([
    ["a function", () => 1, "parameters.rows[0].value", "value_not_storable"],
    ["a symbol", Symbol("s"), "parameters.rows[0].value", "value_not_storable"],
    ["a Date", new Date(0), "parameters.rows[0].value", "value_not_storable"],
    ["a Map", new Map(), "parameters.rows[0].value", "value_not_storable"],
    ["a Set", new Set(), "parameters.rows[0].value", "value_not_storable"],
    ["bytes", new Uint8Array(2), "parameters.rows[0].value", "value_not_storable"],
    ["an instance of a class", new Temperature(), "parameters.rows[0].value", "value_not_storable"],
    ["undefined", undefined, "parameters.rows[0].value", "value_not_storable"],
    ["NaN", Number.NaN, "parameters.rows[0].value", "number_not_finite"],
    ["a bigint beyond 64 bits", 2n ** 70n, "parameters.rows[0].value", "integer_out_of_range"],
    ["half of a surrogate pair", "a\udc00", "parameters.rows[0].value", "lone_surrogate"],
  ])(
    "%s among the parameters is refused with its path, and the connection is not poisoned",
    async (_, value, path, code) => {
      const transaction = handle();
      await expect(
        transaction.run("UNWIND $rows AS row RETURN row.value AS value", { rows: [{ value }] }),
      ).rejects.toMatchObject({ name: "InvalidValueError", code, path });
      for (let time = 0; time < 3; time++) expect(await transaction.run("RETURN 1 AS one")).toEqual([{ one: 1 }]);
    },
  );

  test("a cycle is refused", async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    await expect(handle().run("RETURN $cycle", { cycle })).rejects.toMatchObject({ code: "value_too_deep" });
  });

  test("an empty statement is refused", async () => {
    await expect(handle().run("  ")).rejects.toMatchObject({ code: "invalid_statement" });
  });

  test("what run writes commits with the rest, and counts as a write for the matches behind it", async () => {
    const operation = newOperation();
    let after: unknown;
    await graph.store.once(
      {
        receipt: { operationId: operation, incarnation: 1 },
        keepResult: false,
        attempt: new Attempt(operation, 1, 20_000),
      },
      async (transaction) => {
        await transaction.run("RETURN 1");
        expect(await transaction.matchNodes(graph.item, { keys: [operation] })).toEqual([]);
        await transaction.run(`CREATE (:\`${graph.item}\` {id: $id})`, { id: operation });
        after = await transaction.matchNodes(graph.item, { keys: [operation] }).catch((error: unknown) => error);
        return undefined;
      },
    );
    expect(after).toMatchObject({ code: "match_after_write" });
    expect((await graph.own.nodes(graph.item)).filter(({ id }) => id === operation)).toHaveLength(1);
  });
});
