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

/** Every statement of the embedded graph, prepared once. */
export type Statements = ReturnType<typeof prepareStatements>;

export const prepareStatements = (database: GraphDatabase) => ({
  begin: database.prepare("BEGIN IMMEDIATE"),
  commit: database.prepare("COMMIT"),
  rollback: database.prepare("ROLLBACK"),
  // One savepoint per graph transaction: a failing one leaves its batch mates alone.
  savepoint: database.prepare("SAVEPOINT one"),
  release: database.prepare("RELEASE one"),
  rollbackOne: database.prepare("ROLLBACK TO one"),

  insertReceipt: database.prepare<[string, number, "effect" | "fence", string | null, number]>(
    "INSERT INTO receipt (operation_id, incarnation, kind, result, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  ),
  findReceipt: database.prepare<[string, number], ReceiptRecord>(
    "SELECT kind, result FROM receipt WHERE operation_id = ? AND incarnation = ?",
  ),
  deleteReceipt: database.prepare<[string, number]>("DELETE FROM receipt WHERE operation_id = ? AND incarnation = ?"),

  node: database.prepare<[string, string], NodeRecord>(`SELECT ${NODE} FROM node WHERE label = ? AND key = ?`),
  nodes: database.prepare<[string], NodeRecord>(`SELECT ${NODE} FROM node WHERE label = ? ORDER BY key`),
  nodesByProperty: database.prepare<[string, string, string], NodeRecord>(
    `SELECT ${NODE} FROM node_index JOIN node ON node.id = node_index.node
     WHERE node_index.label = ? AND property = ? AND value = ? ORDER BY key`,
  ),
  insertNode: database.prepare<[string, string, string]>("INSERT INTO node (label, key, properties) VALUES (?, ?, ?)"),
  updateNode: database.prepare<[string, number]>("UPDATE node SET properties = ? WHERE id = ?"),
  deleteNode: database.prepare<[number]>("DELETE FROM node WHERE id = ?"),
  indexNode: database.prepare<[string, string, string, number]>(
    "INSERT INTO node_index (label, property, value, node) VALUES (?, ?, ?, ?)",
  ),
  unindexNode: database.prepare<[string, string, string, number]>(
    "DELETE FROM node_index WHERE label = ? AND property = ? AND value = ? AND node = ?",
  ),

  relationship: database.prepare<[TypeBinding & { fromKey: string; toKey: string }], RelationshipRecord>(
    `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} AND from_key = @fromKey AND to_key = @toKey`,
  ),
  relationships: database.prepare<[TypeBinding], RelationshipRecord>(
    `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} ${IN_ORDER}`,
  ),
  relationshipsFrom: database.prepare<[TypeBinding & { fromKey: string }], RelationshipRecord>(
    `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} AND from_key = @fromKey ORDER BY to_key`,
  ),
  relationshipsTo: database.prepare<[TypeBinding & { toKey: string }], RelationshipRecord>(
    `SELECT ${RELATIONSHIP} FROM relationship WHERE ${TYPED} AND to_key = @toKey`,
  ),
  relationshipsByProperty: database.prepare<[TypeBinding & { property: string; value: string }], RelationshipRecord>(
    `SELECT id, relationship.type, from_key, to_key, properties
     FROM relationship_index JOIN relationship ON relationship.id = relationship_index.relationship
     WHERE relationship_index.type = @type AND property = @property AND value = @value
       AND from_label = @from AND to_label = @to ${IN_ORDER}`,
  ),
  relationshipsOfNode: database.prepare<[{ label: string; key: string }], RelationshipRecord>(
    `SELECT ${RELATIONSHIP} FROM relationship WHERE from_label = @label AND from_key = @key
     UNION SELECT ${RELATIONSHIP} FROM relationship WHERE to_label = @label AND to_key = @key`,
  ),
  insertRelationship: database.prepare<[TypeBinding & { fromKey: string; toKey: string; properties: string }]>(
    `INSERT INTO relationship (type, from_label, from_key, to_label, to_key, properties)
     VALUES (@type, @from, @fromKey, @to, @toKey, @properties)`,
  ),
  updateRelationship: database.prepare<[string, number]>("UPDATE relationship SET properties = ? WHERE id = ?"),
  deleteRelationship: database.prepare<[number]>("DELETE FROM relationship WHERE id = ?"),
  indexRelationship: database.prepare<[string, string, string, number]>(
    "INSERT INTO relationship_index (type, property, value, relationship) VALUES (?, ?, ?, ?)",
  ),
  unindexRelationship: database.prepare<[string, string, string, number]>(
    "DELETE FROM relationship_index WHERE type = ? AND property = ? AND value = ? AND relationship = ?",
  ),
});
