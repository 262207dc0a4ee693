import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Attempt } from "../../src/dependencies/attempt.ts";
import type { DependencyConnection, OnceRequest, OnceResult, ReceiptStore } from "../../src/dependencies/dependency.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import type { GraphTransaction } from "../../src/graph/graph-store.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import { silentLogger } from "../../src/ports.ts";
import { systemClock } from "../../src/system-clock.ts";
import { OwnNeo4j, neo4jLogin } from "./neo4j-support.ts";

export type Graph = GraphTransaction;

export interface RawRelationship {
  readonly from: unknown;
  readonly to: unknown;
  readonly properties: Record<string, unknown>;
}

/** A graph under test, and a way to read it that imports nothing of ours. */
export interface GraphHarness {
  readonly connection: DependencyConnection<Graph>;
  readonly store: ReceiptStore<Graph>;
  /** Declared names: on a shared Neo4j they carry the run's prefix. */
  readonly item: string;
  readonly place: string;
  readonly isIn: string;
  readNodes(label: string): Promise<readonly Record<string, unknown>[]>;
  readRelationships(): Promise<readonly RawRelationship[]>;
  readReceipts(): Promise<readonly { readonly kind: string; readonly result: string | null }[]>;
  close(): Promise<void>;
}

const context = { clock: systemClock, logger: silentLogger };

const schema = (prefix: string) => {
  const [item, place, isIn] = [`${prefix}Item`, `${prefix}Place`, `${prefix}IS_IN`];
  const nodes = { [item]: { key: "id", index: ["kind"] }, [place]: { key: "name" } };
  const relationships = { [isIn]: { from: item, to: place, index: ["document"] } };
  return { item, place, isIn, nodes, relationships };
};

export async function embeddedHarness(): Promise<GraphHarness> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-graph-"));
  const file = join(folder, "graph.db");
  const { item, place, isIn, nodes, relationships } = schema("");
  const connection = embeddedGraph({ file, nodes, relationships }).connect(context);
  await connection.probe(10_000);
  const raw = new Database(file, { readonly: true });
  const all = <Row>(sql: string, ...parameters: unknown[]): Row[] => raw.prepare(sql).all(...parameters) as Row[];
  return {
    connection,
    store: connection.receipts!,
    item,
    place,
    isIn,
    readNodes: async (label) =>
      all<{ properties: string }>("SELECT properties FROM node WHERE label = ?", label).map(({ properties }) =>
        JSON.parse(properties),
      ),
    readRelationships: async () =>
      all<{ a: string; b: string; properties: string }>(
        `SELECT a.properties AS a, b.properties AS b, r.properties FROM relationship r
         JOIN node a ON a.label = r.from_label AND a.key = r.from_key JOIN node b ON b.label = r.to_label AND b.key = r.to_key`,
      ).map(({ a, b, properties }) => ({
        from: JSON.parse(a).id,
        to: JSON.parse(b).name,
        properties: JSON.parse(properties),
      })),
    readReceipts: async () => all("SELECT kind, result FROM receipt"),
    close: async () => {
      raw.close();
      await connection.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function neo4jHarness(): Promise<GraphHarness> {
  const own = new OwnNeo4j();
  const { item, place, isIn, nodes, relationships } = schema(own.prefix);
  const connection = neo4j({ ...neo4jLogin(), nodes, relationships, receiptLabel: own.receiptLabel }).connect(context);
  await connection.probe(30_000);
  return {
    connection: connection as unknown as DependencyConnection<Graph>,
    store: connection.receipts as unknown as ReceiptStore<Graph>,
    item,
    place,
    isIn,
    readNodes: (label) => own.nodes(label),
    readRelationships: async () =>
      (await own.read(
        `MATCH (a)-[r:\`${isIn}\`]->(b) RETURN a.id AS from, b.name AS to, properties(r) AS properties`,
      )) as unknown as RawRelationship[],
    readReceipts: async () =>
      (await own.nodes(own.receiptLabel)).map(({ kind, result = null }) => ({ kind, result })) as never,
    close: async () => {
      await connection.close();
      await own.close();
    },
  };
}

let operations = 0;

/** An operation's id that no other test has. */
export const newOperation = (): string => `operation-${process.pid}-${++operations}`;

export interface OnceOptions {
  readonly operation?: string;
  readonly incarnation?: number;
  readonly keepResult?: boolean;
  readonly attempt?: Attempt;
  /** False: as an operation that is not queueable. */
  readonly receipt?: boolean;
}

/** One attempt with a receipt. */
export function once(
  store: ReceiptStore<Graph>,
  work: (graph: Graph) => Promise<unknown>,
  {
    operation = newOperation(),
    incarnation = 1,
    keepResult = false,
    attempt = new Attempt(operation, 1, 20_000),
    receipt = true,
  }: OnceOptions = {},
): Promise<OnceResult> {
  const request: OnceRequest = {
    receipt: receipt ? { operationId: operation, incarnation } : null,
    keepResult,
    attempt,
  };
  return store.once(request, async (graph) => JSON.stringify(await work(graph)));
}
