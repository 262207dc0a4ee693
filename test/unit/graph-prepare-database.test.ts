import { describe, expect, test } from "vitest";
import { classifyError } from "../../src/graph/neo4j/classify-error.ts";
import { prepareDatabase } from "../../src/graph/neo4j/prepare-database.ts";
import { declareSchema } from "../../src/graph/schema.ts";
import { type LogFields, silentLogger } from "../../src/ports.ts";

const schema = declareSchema({ Item: { key: "id", index: ["kind"] } });

interface Database {
  readonly constraints?: readonly [of: string, property: string][];
  readonly indexes?: readonly [of: string, property: string][];
  /** The code with which a statement fails. */
  readonly fails?: (cypher: string) => string | undefined;
}

/** A database that answers by a script: Community edition knows no privileges to be without. */
async function prepare({ constraints = [], indexes = [], fails = () => undefined }: Database) {
  const created: string[] = [];
  const warnings: LogFields[] = [];
  const run = async (cypher: string) => {
    const code = fails(cypher);
    if (code !== undefined) throw classifyError("graph", Object.assign(new Error("no"), { code }), "before_commit");
    if (!cypher.startsWith("SHOW")) created.push(cypher);
    return (cypher.startsWith("SHOW CONSTRAINTS") ? constraints : cypher.startsWith("SHOW INDEXES") ? indexes : []).map(
      ([of, property]) => ({ labelsOrTypes: [of], properties: [property] }),
    );
  };
  const error = await prepareDatabase("graph", schema, "Receipt", run, {
    ...silentLogger,
    warn: (fields) => warnings.push(fields),
  }).catch((caught: unknown) => caught);
  return { created, warnings, error };
}

const FORBIDDEN = "Neo.ClientError.Security.Forbidden";
const all: Database = {
  constraints: [
    ["Item", "id"],
    ["Receipt", "id"],
  ],
  indexes: [["Item", "kind"]],
};

describe("preparing the database", () => {
  test("creates what is missing: the receipts' constraint, the keys' and the indexes", async () => {
    const { created, error } = await prepare({});
    expect(error).toBeUndefined();
    expect(created.map((cypher) => /^CREATE (\w+)/.exec(cypher)?.[1])).toEqual(["CONSTRAINT", "CONSTRAINT", "INDEX"]);
    expect(created[0]).toContain("(n:`Receipt`) REQUIRE n.`id` IS UNIQUE");
  });

  test("creates nothing where all is there, so that a user without privileges can work", async () => {
    const { created, error } = await prepare({
      ...all,
      fails: (cypher) => (cypher.startsWith("CREATE") ? FORBIDDEN : undefined),
    });
    expect([created, error]).toEqual([[], undefined]);
  });

  test("without the privilege it is misconfigured, and the statement for the administrator is told", async () => {
    const { error } = await prepare({
      fails: (cypher) => (cypher.startsWith("CREATE CONSTRAINT") ? FORBIDDEN : undefined),
    });
    expect(error).toMatchObject({ code: "constraint_missing", kind: "misconfigured", retryable: false });
    expect((error as Error).message).toMatch(
      /grant the privilege, or let an administrator run: CREATE CONSTRAINT .*`Receipt`/,
    );
  });

  test("where the user may not even look, the creation decides", async () => {
    expect(await prepare({ fails: (cypher) => (cypher.startsWith("SHOW") ? FORBIDDEN : undefined) })).toMatchObject({
      error: undefined,
      created: { length: 3 },
    });
  });

  test("an index that cannot be created is a warning: slower, but right", async () => {
    const { error, warnings } = await prepare({
      constraints: all.constraints!,
      fails: (cypher) => (cypher.startsWith("CREATE INDEX") ? FORBIDDEN : undefined),
    });
    expect(error).toBeUndefined();
    expect(warnings).toMatchObject([{ dependency: "graph", code: FORBIDDEN }]);
  });

  test("an outage stays an outage", async () => {
    const { error } = await prepare({
      fails: (cypher) => (cypher.startsWith("CREATE CONSTRAINT") ? "ServiceUnavailable" : undefined),
    });
    expect(error).toMatchObject({ code: "connection_lost", kind: "unavailable" });
  });
});
