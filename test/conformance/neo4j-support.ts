import { randomBytes } from "node:crypto";
import rawDriver, { type Driver } from "neo4j-driver";
import { inject } from "vitest";

const provided = inject("neo4j");

/** Why tests on a real Neo4j are skipped in this run; the global setup has said it aloud. */
export const neo4jSkipped: string | undefined = "unavailable" in provided ? provided.unavailable : undefined;

export function neo4jLogin(): { readonly uri: string; readonly username: string; readonly password: string } {
  if ("unavailable" in provided) throw new Error(provided.unavailable);
  return provided;
}

/** Where a proxy has to lead to. Only for plain `bolt://` or `neo4j://` addresses. */
export function neo4jAddress(): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(neo4jLogin().uri.replace(/^\w+:/, "http:"));
  return { host: hostname, port: port === "" ? 7687 : Number(port) };
}

/** A driver that knows nothing of Holdfast, and names that no one else uses: all that a test makes, and deletes. */
export class OwnNeo4j {
  /** Begins every label and type of this test file. */
  readonly prefix = `Run_${randomBytes(5).toString("hex")}_`;
  readonly receiptLabel = `${this.prefix}Receipt`;
  readonly #driver: Driver;

  constructor(login: Pick<ReturnType<typeof neo4jLogin>, "uri" | "username" | "password"> = neo4jLogin()) {
    this.#driver = rawDriver.driver(login.uri, rawDriver.auth.basic(login.username, login.password), {
      disableLosslessIntegers: true,
    });
  }

  async read(cypher: string, parameters: Record<string, unknown> = {}): Promise<Record<string, unknown>[]> {
    const { records } = await this.#driver.executeQuery(cypher, parameters);
    return records.map((record) => record.toObject());
  }

  /** Properties of all nodes of a label. */
  async nodes(label: string): Promise<Record<string, unknown>[]> {
    return (await this.read(`MATCH (n:\`${label}\`) RETURN properties(n) AS found`)).map(
      ({ found }) => found as Record<string, unknown>,
    );
  }

  async close(): Promise<void> {
    const { prefix } = this;
    await this.read("MATCH (n) WHERE any(label IN labels(n) WHERE label STARTS WITH $prefix) DETACH DELETE n", {
      prefix,
    });
    const schema = await this.read(
      "SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE any(label IN labelsOrTypes WHERE label STARTS WITH $prefix) RETURN name",
      { prefix },
    );
    for (const { name } of schema) await this.read(`DROP CONSTRAINT \`${String(name)}\` IF EXISTS`);
    const indexes = await this.read(
      "SHOW INDEXES YIELD name, labelsOrTypes WHERE labelsOrTypes IS NOT NULL AND any(label IN labelsOrTypes WHERE label STARTS WITH $prefix) RETURN name",
      { prefix },
    );
    for (const { name } of indexes) await this.read(`DROP INDEX \`${String(name)}\` IF EXISTS`);
    await this.#driver.close();
  }
}
