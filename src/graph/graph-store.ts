import type { DependencyConnection, ReceiptStore } from "../dependencies/dependency.ts";

/** A property value that both graphs keep without change. */
export type PropertyValue =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | readonly number[]
  | readonly boolean[];

export type Properties = Readonly<Record<string, PropertyValue>>;

/**
 * Declares the node labels: each with the property that identifies a node, under a uniqueness constraint.
 * `index` names properties that `where` looks for: without one, a `where` reads every node of the label.
 */
export type NodeSchema = Readonly<Record<string, { readonly key: string; readonly index?: readonly string[] }>>;

/** Declares the relationship types: each leads from one label to one label. `index` as for nodes. */
export type RelationshipSchema<Nodes extends NodeSchema = NodeSchema> = Readonly<
  Record<
    string,
    { readonly from: keyof Nodes & string; readonly to: keyof Nodes & string; readonly index?: readonly string[] }
  >
>;

/** A node's or relationship's key: the value of its declared key property. */
export type NodeKey = string | number;

export interface RelationshipRow {
  readonly from: NodeKey;
  readonly to: NodeKey;
  readonly properties?: Properties;
}

export interface RelationshipFound {
  readonly from: NodeKey;
  readonly to: NodeKey;
  readonly properties: Properties;
}

export interface AppendRow {
  readonly key: NodeKey;
  readonly property: string;
  readonly values: readonly (string | number)[];
}

/** Equality on properties, all of which must hold. At least one, for what deletes. */
export type Where = Readonly<Record<string, string | number | boolean>>;

export type NodeSelection = { readonly keys: readonly NodeKey[] } | { readonly where: Where };

/**
 * The transaction a handler writes through. It opens at its first use and commits after the handler has returned.
 * Everything is in rows: one call for many. Labels, types and keys are those declared; nothing from an input is
 * ever pasted into a statement. Matches see the committed state, and are an error (`match_after_write`) after the
 * first write, so that both graphs behave alike. Rows of one call are applied in order, and a row merged twice is
 * merged twice (the last wins).
 */
export interface GraphTransaction<
  Nodes extends NodeSchema = NodeSchema,
  Relationships extends RelationshipSchema = RelationshipSchema,
> {
  /** Creates each node or sets the given properties on the one with this key; other properties stay. `null` removes a property. */
  mergeNodes(label: keyof Nodes & string, rows: readonly Properties[]): Promise<void>;
  /** Creates each node; an existing key is a `constraint_violated` error. */
  createNodes(label: keyof Nodes & string, rows: readonly Properties[]): Promise<void>;
  /** One relationship of a type between two nodes; its properties are set as `mergeNodes` sets them. A missing end is an error (`node_missing`). */
  mergeRelationships(type: keyof Relationships & string, rows: readonly RelationshipRow[]): Promise<void>;
  /** Appends to a list property, in order; creates the node or the list where missing. */
  append(label: keyof Nodes & string, rows: readonly AppendRow[]): Promise<void>;
  /** Deletes nodes with their relationships; missing ones are fine. */
  deleteNodes(label: keyof Nodes & string, selection: NodeSelection): Promise<void>;
  deleteRelationships(type: keyof Relationships & string, selection: { readonly where: Where }): Promise<void>;
  /** Nodes by key or by property, ordered by key: texts by code point, then numbers. `limit` defaults to 1,000. */
  matchNodes(
    label: keyof Nodes & string,
    selection: Partial<{ keys: readonly NodeKey[]; where: Where }>,
    options?: { readonly limit?: number },
  ): Promise<readonly Properties[]>;
  /** Relationships of a type by their ends or properties, ordered by `from`, then `to`; `limit` defaults to 1,000. */
  matchRelationships(
    type: keyof Relationships & string,
    selection: Partial<{ from: readonly NodeKey[]; to: readonly NodeKey[]; where: Where }>,
    options?: { readonly limit?: number },
  ): Promise<readonly RelationshipFound[]>;
}

/** The port behind which Neo4j and the embedded graph are alike. */
export interface GraphStore<Transaction extends GraphTransaction = GraphTransaction>
  extends DependencyConnection<Transaction> {
  readonly receipts: ReceiptStore<Transaction>;
}
