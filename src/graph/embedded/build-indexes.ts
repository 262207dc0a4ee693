import { isDeepStrictEqual } from "node:util";
import type { GraphSchema } from "../schema.ts";
import type { GraphDatabase } from "./graph-file.ts";

interface BuiltIndex {
  readonly of: "node" | "relationship";
  readonly owner: string;
  readonly property: string;
}

/** Makes the property indexes what the declaration says: a new one is filled from what is there, an old one dropped. */
export function buildIndexes(database: GraphDatabase, schema: GraphSchema): void {
  const declared: BuiltIndex[] = [
    ...[...schema.nodes.values()].flatMap(({ label, index }) =>
      index.map((property) => ({ of: "node" as const, owner: label, property })),
    ),
    ...[...schema.relationships.values()].flatMap(({ type, index }) =>
      index.map((property) => ({ of: "relationship" as const, owner: type, property })),
    ),
  ];
  const built = database.prepare<[], BuiltIndex>("SELECT of, owner, property FROM built_index").all();
  const isIn = (list: readonly BuiltIndex[], index: BuiltIndex): boolean =>
    list.some((other) => isDeepStrictEqual({ ...other }, { ...index }));
  for (const index of built) if (!isIn(declared, index)) drop(database, index);
  for (const index of declared) if (!isIn(built, index)) fill(database, index);
}

function drop(database: GraphDatabase, { of, owner, property }: BuiltIndex): void {
  const column = of === "node" ? "label" : "type";
  database.prepare(`DELETE FROM ${of}_index WHERE ${column} = ? AND property = ?`).run(owner, property);
  database.prepare("DELETE FROM built_index WHERE of = ? AND owner = ? AND property = ?").run(of, owner, property);
}

function fill(database: GraphDatabase, { of, owner, property }: BuiltIndex): void {
  const column = of === "node" ? "label" : "type";
  const rows = database.prepare<[string], { id: number; properties: string }>(
    `SELECT id, properties FROM ${of} WHERE ${column} = ?`,
  );
  const insert = database.prepare(`INSERT INTO ${of}_index (${column}, property, value, ${of}) VALUES (?, ?, ?, ?)`);
  for (const { id, properties } of rows.all(owner)) {
    const value = indexedValue((JSON.parse(properties) as Record<string, unknown>)[property]);
    if (value !== undefined) insert.run(owner, property, value, id);
  }
  database.prepare("INSERT INTO built_index (of, owner, property) VALUES (?, ?, ?)").run(of, owner, property);
}

/** What an index holds for a value; undefined for what no `where` can find: a list, or nothing. */
export function indexedValue(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? JSON.stringify(value)
    : undefined;
}
