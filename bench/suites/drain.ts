import { join } from "node:path";
import neo4jDriver, { type Driver } from "neo4j-driver";
import { createRuntime, defineOperation, silentLogger } from "holdfast";
import { neo4j } from "holdfast/neo4j";
import { type Neo4jServer, neo4jUnavailable, startNeo4jServer } from "holdfast/testing";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { RAW } from "../goals.ts";
import { Gate } from "../harness/gate.ts";
import { interleaved } from "../harness/interleaved.ts";
import { neo4jVersion } from "../harness/neo4j-version.ts";
import { callTimes } from "../harness/offered.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * A backlog goes into a Neo4j that has warmed up, each item with its receipt; beside it the raw driver writes the same
 * rows, in the batches that were found to be fastest (500 rows, two at a time), with no receipts.
 */

const BATCH = 500;
const BATCHES_AT_A_TIME = 2;
const FILLERS = 1_024;

const SCHEMA = {
  nodes: { Item: { key: "id" }, Document: { key: "id" }, Step: { key: "id" } },
  relationships: { HAS_STEP: { from: "Document", to: "Step" } },
} as const;

type Row = { readonly id: string; readonly name: string; readonly value: number };

interface RowTransaction {
  mergeNodes(label: "Item" | "Document" | "Step", rows: readonly Row[]): Promise<void>;
  mergeRelationships(type: "HAS_STEP", rows: readonly { readonly from: string; readonly to: string }[]): Promise<void>;
}

/** The same effect twice: as an operation of ours, and as the statement of somebody who writes Cypher. */
const EFFECTS = {
  "one MERGE + SET an item": "UNWIND $rows AS row MERGE (n:Item {id: row.id}) SET n += row",
  "two nodes and a relationship an item": `UNWIND $rows AS row
    MERGE (d:Document {id: row.id}) SET d += row
    MERGE (s:Step {id: row.id}) SET s += row
    MERGE (d)-[:HAS_STEP]->(s)`,
};
type Effect = keyof typeof EFFECTS;

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  const unavailable = neo4jUnavailable();
  if (unavailable !== undefined) {
    for (const effect of Object.keys(EFFECTS)) yield { case: effect, absent: unavailable };
    return;
  }
  const { quick, progress } = context;
  progress("starting a Neo4j");
  await using server = await startNeo4jServer();
  context.ranOn(await neo4jVersion(server));
  const driver = neo4jDriver.driver(server.uri, neo4jDriver.auth.basic(server.username, server.password));
  try {
    const items = quick ? 1_000 : 30_000;
    let run = 0;
    const ours = async (effect: Effect, count: number): Promise<{ perSecond: number }> => ({
      perSecond: await drainedPerSecond(join(context.folder, `drain-${run}`), server, effect, count, `run-${run++}`),
    });
    const raw = async (effect: Effect, count: number): Promise<{ perSecond: number }> => ({
      perSecond: await writtenPerSecond(driver, EFFECTS[effect], count, `run-${run++}`),
    });
    progress("warming up");
    const warmUntil = performance.now() + (quick ? 0 : 20_000);
    do
      for (const effect of Object.keys(EFFECTS) as Effect[]) {
        await ours(effect, Math.min(items, 5_000));
        await raw(effect, Math.min(items, 5_000));
      }
    while (performance.now() < warmUntil);
    for (const effect of Object.keys(EFFECTS) as Effect[]) {
      progress(effect);
      const { of, foreignCores } = await interleaved(
        { ours: () => ours(effect, items), raw: () => raw(effect, items) },
        quick ? 1 : 5,
      );
      yield {
        case: effect,
        unit: "items/s",
        ours: of.ours.perSecond,
        peers: [{ name: RAW, value: of.raw.perSecond }],
        foreignCores,
      };
    }
  } finally {
    await driver.close();
  }
}

/** From the moment the breaker closes until the last item has ended. */
async function drainedPerSecond(
  dataDirectory: string,
  { uri, username, password }: Neo4jServer,
  effect: Effect,
  count: number,
  prefix: string,
): Promise<number> {
  const gate = new Gate(neo4j({ uri, username, password, ...SCHEMA }));
  const write = async (transaction: RowTransaction, rows: readonly Row[]): Promise<void> => {
    if (effect === "one MERGE + SET an item") return transaction.mergeNodes("Item", rows);
    await transaction.mergeNodes("Document", rows);
    await transaction.mergeNodes("Step", rows);
    const relationships = rows.map(({ id }) => ({ from: id, to: id }));
    await transaction.mergeRelationships("HAS_STEP", relationships);
  };
  const input = z.object({ id: z.string(), name: z.string(), value: z.number() });
  const writes = defineOperation({
    name: "row.write",
    version: 1,
    input,
    dependsOn: { graph: gate.dependency },
    execute: ({ input: row, graph: transaction }) => write(transaction, [row]),
    executeBatch: ({ items, graph: transaction }) =>
      write(
        transaction,
        items.map(({ input: row }) => row),
      ),
  });
  await using runtime = await createRuntime({
    dataDirectory,
    operations: [writes],
    logger: silentLogger,
  });
  await callTimes(count, FILLERS, async (index) => {
    const { status } = await runtime.submit(writes, rowOf(prefix, index));
    if (status !== "queued") throw new Error(`a submit was ${status} where a backlog is made`);
  });
  const ended = Promise.withResolvers<void>();
  let left = count;
  runtime.on("ended", ({ outcome }) => {
    if (outcome !== "completed") ended.reject(new Error(`an item of the drain ended as ${outcome}`));
    else if (--left === 0) ended.resolve();
  });
  await gate.open(runtime);
  const startedAt = performance.now();
  await ended.promise;
  return (count / (performance.now() - startedAt)) * 1_000;
}

async function writtenPerSecond(driver: Driver, statement: string, count: number, prefix: string): Promise<number> {
  const startedAt = performance.now();
  await callTimes(Math.ceil(count / BATCH), BATCHES_AT_A_TIME, async (batch) => {
    const size = Math.min(BATCH, count - batch * BATCH);
    const rows = Array.from({ length: size }, (_, index) => rowOf(prefix, batch * BATCH + index));
    const session = driver.session();
    try {
      await session.executeWrite((transaction) => transaction.run(statement, { rows }));
    } finally {
      await session.close();
    }
  });
  return (count / (performance.now() - startedAt)) * 1_000;
}

const rowOf = (prefix: string, index: number): Row => ({
  id: `${prefix}-${index}`,
  name: `what is called ${index}`,
  value: index,
});
