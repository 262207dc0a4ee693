import type { GraphDatabase } from "./graph-file.ts";

export interface NodeRecord {
  readonly id: number;
  readonly key: string;
  readonly properties: string;
}

export interface RelationshipRecord {
  readonly id: number;
  readonly type: string;
  readonly from_key: string;
  readonly to_key: string;
  readonly properties: string;
}

export interface ReceiptRecord {
  readonly kind: "effect" | "fence";
  readonly result: string | null;
}

const NODE = "id, key, properties";
const RELATIONSHIP = "id, type, from_key, to_key, properties";
/** A relationship type's ends, as declared: what another declaration wrote under the same type is left alone. */
const TYPED = "type = @type AND from_label = @from AND to_label = @to";
const IN_ORDER = "ORDER BY from_key, to_key";

/** What a statement over one relationship type is bound with. */
export interface TypeBinding {
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

/** A prepared statement as this graph uses it. Our own type: the driver's cannot be named in declarations. */
export interface Prepared<Parameters extends unknown[], Row> {
  run(...parameters: Parameters): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
  iterate(...parameters: Parameters): IterableIterator<Row>;
}

/** Every statement of the embedded graph, prepared once. */
export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(database: GraphDatabase) {
  const prepare = <Parameters extends unknown[] = [], Row = never>(sql: string): Prepared<Parameters, Row> =>
    database.prepare<Parameters, Row>(sql);
  return {
    begin: prepare("BEGIN IMMEDIATE"),
    commit: prepare("COMMIT"),
    rollback: prepare("ROLLBACK"),
    // One savepoint per graph transaction: a failing one leaves its batch mates alone.
    savepoint: prepare("SAVEPOINT one"),
    release: prepare("RELEASE one"),
    rollbackOne: prepare("ROLLBACK TO one"),

    insertReceipt: prepare<[string, number, "effect" | "fence", string | null, number]>(
      "INSERT INTO receipt (operation_id, incarnation, kind, result, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    findReceipt: prepare<[string, number], ReceiptRecord>(
      "SELECT kind, result FROM receipt WHERE operation_id = ? AND incarnation = ?",
    ),
    deleteReceipt: prepare<[string, number]>("DELETE FROM receipt WHERE operation_id = ? AND incarnation = ?"),

    node: prepare<[string, string], NodeRecord>(`SELECT ${NODE} FROM node WHERE label = ? AND key = ?`),
    nodes: prepare<[string], NodeRecord>(`SELECT ${NODE} FROM node WHERE label = ? ORDER BY key`),
    nodesByProperty: prepare<[string, string, string], NodeRecord>(
      `SELECT ${NODE} FROM node_index JOIN node ON node.id = node_index.node
     WHERE node_index.label = ? AND property = ? AND value = ? ORDER BY key`,
    ),
    insertNode: prepare<[string, string, string]>("INSERT INTO node (label, key, properties) VALUES (?, ?, ?)"),
    updateNode: prepare<[string, number]>("UPDATE node SET properties = ? WHERE id = ?"),
    deleteNode: prepare<[number]>("DELETE FROM node WHERE id = ?"),
    indexNode: prepare<[string, string, string, number]>(
      "INSERT INTO node_index (label, property, value, node) VALUES (?, ?, ?, ?)",
    ),
    unindexNode: prepare<[string, string, string, number]>(
      "DELETE FROM node_index WHERE label = ? AND property = ? AND value = ? AND node = ?",
    ),

    relationship: prepare<[TypeBinding & { fromKey: string; toKey: string }], RelationshipRecord>(
      `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} AND from_key = @fromKey AND to_key = @toKey`,
    ),
    relationships: prepare<[TypeBinding], RelationshipRecord>(
      `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} ${IN_ORDER}`,
    ),
    relationshipsFrom: prepare<[TypeBinding & { fromKey: string }], RelationshipRecord>(
      `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} AND from_key = @fromKey ORDER BY to_key`,
    ),
    relationshipsTo: prepare<[TypeBinding & { toKey: string }], RelationshipRecord>(
      `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} AND to_key = @toKey`,
    ),
    relationshipsByProperty: prepare<[TypeBinding & { property: string; value: string }], RelationshipRecord>(
      `SELECT id, relationship.type, from_key, to_key, properties
     FROM relationship_index JOIN relationship ON relationship.id = relationship_index.relationship
     WHERE relationship_index.type = @type AND property = @property AND value = @value
       AND from_label = @from AND to_label = @to ${IN_ORDER}`,
    ),
    relationshipsOfNode: prepare<[{ label: string; key: string }], RelationshipRecord>(
      `SELECT ${RELATIONSHIP} FROM relationship WHERE from_label = @label AND from_key = @key
     UNION SELECT ${RELATIONSHIP} FROM relationship WHERE to_label = @label AND to_key = @key`,
    ),
    insertRelationship: prepare<[TypeBinding & { fromKey: string; toKey: string; properties: string }]>(
      `INSERT INTO relationship (type, from_label, from_key, to_label, to_key, properties)
     VALUES (@type, @from, @fromKey, @to, @toKey, @properties)`,
    ),
    updateRelationship: prepare<[string, number]>("UPDATE relationship SET properties = ? WHERE id = ?"),
    deleteRelationship: prepare<[number]>("DELETE FROM relationship WHERE id = ?"),
    indexRelationship: prepare<[string, string, string, number]>(
      "INSERT INTO relationship_index (type, property, value, relationship) VALUES (?, ?, ?, ?)",
    ),
    unindexRelationship: prepare<[string, string, string, number]>(
      "DELETE FROM relationship_index WHERE type = ? AND property = ? AND value = ? AND relationship = ?",
    ),
  };
}
