import { auth, type Driver, driver, isInt } from "neo4j-driver";
import type { GraphReading, WhatToRead } from "./verify-reading.ts";

export interface Neo4jAddress {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  readonly database?: string;
}

const READ_TIMEOUT_MS = 60_000;

/** Reads the graph through a driver of its own, straight from the server, around every proxy. */
export function readNeo4jGraph(
  address: Neo4jAddress,
  { runId, documentIds, label, listProperty }: WhatToRead,
): Promise<GraphReading> {
  return withDriver(address, async (query) => {
    const nodes = await query(
      `MATCH (d:\`${label}\`) WHERE d.id STARTS WITH $runId RETURN d.id AS id, d.\`${listProperty}\` AS list`,
      { runId },
    );
    const lists = new Map(nodes.map(({ id, list }) => [String(id), Array.isArray(list) ? list.map(toNumber) : []]));
    const ends = await query(
      "MATCH (a)-[r]->(b) WHERE a.id STARTS WITH $runId RETURN type(r) AS type, a.id AS from, b.id AS to",
      { runId },
    );
    return {
      lists: documentIds.map((id) => lists.get(id) ?? []),
      relations: ends.map(({ type, from, to }) => ({ type: String(type), from: String(from), to: String(to) })),
    };
  });
}

/** Deletes what this run has made in a database that is not its own: nodes by the run's id, receipts by their label. */
export function deleteRun(
  address: Neo4jAddress,
  { runId, receiptLabel }: { readonly runId: string; readonly receiptLabel: string },
): Promise<void> {
  return withDriver(address, async (query) => {
    const inParts = "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS";
    await query(`MATCH (n) WHERE n.id STARTS WITH $runId ${inParts}`, { runId });
    await query(`MATCH (n:\`${receiptLabel}\`) ${inParts}`, {});
    for (const { name } of await query(
      "SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE labelsOrTypes = [$receiptLabel]",
      { receiptLabel },
    ))
      await query(`DROP CONSTRAINT \`${String(name)}\` IF EXISTS`, {});
  });
}

type Query = (
  cypher: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

async function withDriver<Value>(
  { uri, username, password, database }: Neo4jAddress,
  work: (query: Query) => Promise<Value>,
): Promise<Value> {
  const raw: Driver = driver(uri, auth.basic(username, password), { connectionAcquisitionTimeout: READ_TIMEOUT_MS });
  const session = raw.session(database === undefined ? {} : { database });
  try {
    // Plain runs: `IN TRANSACTIONS` wants no transaction around it.
    return await work(async (cypher, parameters) =>
      (await session.run(cypher, parameters)).records.map((record) => record.toObject()),
    );
  } finally {
    await session.close();
    await raw.close();
  }
}

/** The list may have been written as integers or as floats. */
const toNumber = (value: unknown): number => (isInt(value) ? value.toNumber() : Number(value));
