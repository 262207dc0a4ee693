import type {
  AppendRow,
  GraphTransaction,
  NodeKey,
  NodeSchema,
  NodeSelection,
  Properties,
  RelationshipFound,
  RelationshipRow,
  RelationshipSchema,
  Where,
} from "./graph-store.ts";

/** Runs one call in a transaction of its own, without a receipt. */
export type RunAlone<Handle> = <Value>(call: (transaction: Handle) => Promise<Value>) => Promise<Value>;

/** What a graph gives outside `once`: every call is its own transaction, at least once in effect. */
export class PerCallTransaction<
  Nodes extends NodeSchema,
  Relationships extends RelationshipSchema,
  Handle extends GraphTransaction<Nodes, Relationships> = GraphTransaction<Nodes, Relationships>,
> implements GraphTransaction<Nodes, Relationships>
{
  protected readonly alone: RunAlone<Handle>;

  constructor(alone: RunAlone<Handle>) {
    this.alone = alone;
  }

  mergeNodes(label: keyof Nodes & string, rows: readonly Properties[]): Promise<void> {
    return this.alone((transaction) => transaction.mergeNodes(label, rows));
  }

  createNodes(label: keyof Nodes & string, rows: readonly Properties[]): Promise<void> {
    return this.alone((transaction) => transaction.createNodes(label, rows));
  }

  mergeRelationships(type: keyof Relationships & string, rows: readonly RelationshipRow[]): Promise<void> {
    return this.alone((transaction) => transaction.mergeRelationships(type, rows));
  }

  append(label: keyof Nodes & string, rows: readonly AppendRow[]): Promise<void> {
    return this.alone((transaction) => transaction.append(label, rows));
  }

  deleteNodes(label: keyof Nodes & string, selection: NodeSelection): Promise<void> {
    return this.alone((transaction) => transaction.deleteNodes(label, selection));
  }

  deleteRelationships(type: keyof Relationships & string, selection: { readonly where: Where }): Promise<void> {
    return this.alone((transaction) => transaction.deleteRelationships(type, selection));
  }

  matchNodes(
    label: keyof Nodes & string,
    selection: Partial<{ keys: readonly NodeKey[]; where: Where }>,
    options?: { readonly limit?: number },
  ): Promise<readonly Properties[]> {
    return this.alone((transaction) => transaction.matchNodes(label, selection, options));
  }

  matchRelationships(
    type: keyof Relationships & string,
    selection: Partial<{ from: readonly NodeKey[]; to: readonly NodeKey[]; where: Where }>,
    options?: { readonly limit?: number },
  ): Promise<readonly RelationshipFound[]> {
    return this.alone((transaction) => transaction.matchRelationships(type, selection, options));
  }
}
