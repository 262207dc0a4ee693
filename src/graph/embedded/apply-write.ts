import type { GraphWrite } from "../commands.ts";
import type { AppendRow, NodeSelection, Properties, PropertyValue, RelationshipRow, Where } from "../graph-store.ts";
import type { GraphSchema, NodeType, RelationshipType } from "../schema.ts";
import { indexedValue } from "./build-indexes.ts";
import { toKeyText } from "./key-text.ts";
import { findNodes, findRelationships } from "./find.ts";
import type { NodeRecord, RelationshipRecord, Statements } from "./statements.ts";

/** The content of a write is wrong: final, with nothing of its transaction applied. Never shows a value. */
export class RejectedWrite extends Error {
  readonly code: "constraint_violated" | "node_missing" | "type_error";

  constructor(code: RejectedWrite["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Applies the writes of one graph transaction to the tables, within the transaction that is open there. */
export class WriteApplier {
  readonly #statements: Statements;
  readonly #schema: GraphSchema;

  constructor(statements: Statements, schema: GraphSchema) {
    this.#statements = statements;
    this.#schema = schema;
  }

  apply(write: GraphWrite): void {
    switch (write.kind) {
      case "mergeNodes":
        return write.rows.forEach((row) => this.#mergeNode(write.node, row));
      case "createNodes":
        return write.rows.forEach((row, index) => this.#createNode(write.node, row, index));
      case "append":
        return write.rows.forEach((row, index) => this.#append(write.node, row, index));
      case "deleteNodes":
        return this.#deleteNodes(write.node, write.selection);
      case "mergeRelationships":
        return write.rows.forEach((row, index) => this.#mergeRelationship(write.relationship, row, index));
      case "deleteRelationships":
        return this.#deleteRelationships(write.relationship, write.where);
    }
  }

  #mergeNode(type: NodeType, row: Properties): void {
    const node = this.#find(type, row);
    if (node === undefined) this.#insertNode(type, toKeyText(keyOf(type, row)), row);
    else this.#updateNode(type, node, row);
  }

  #createNode(type: NodeType, row: Properties, index: number): void {
    if (this.#find(type, row) !== undefined)
      throw new RejectedWrite(
        "constraint_violated",
        `createNodes("${type.label}"): the key of row ${index} exists already.`,
      );
    this.#insertNode(type, toKeyText(keyOf(type, row)), row);
  }

  /** A missing list begins empty; a single value counts as a list of one. */
  #append(type: NodeType, { key, property, values }: AppendRow, index: number): void {
    const keyText = toKeyText(key);
    const node = this.#statements.node.get(type.label, keyText);
    if (node === undefined)
      return this.#insertNode(type, keyText, { [type.key]: key, [property]: values as PropertyValue });
    const before = parse(node)[property];
    const list = [
      ...(Array.isArray(before) ? before : before === undefined || before === null ? [] : [before]),
      ...values,
    ];
    if (list.some((value) => typeof value !== typeof list[0]))
      throw new RejectedWrite("type_error", `append("${type.label}"): row ${index} would make a list of mixed types.`);
    this.#updateNode(type, node, { [property]: list as PropertyValue });
  }

  #deleteNodes(type: NodeType, selection: NodeSelection): void {
    for (const node of findNodes(this.#statements, type, selection).toArray()) {
      for (const relationship of this.#statements.relationshipsOfNode.all({ label: type.label, key: node.key }))
        this.#deleteRelationship(relationship);
      this.#indexNode(type, node.id, parse(node), {});
      this.#statements.deleteNode.run(node.id);
    }
  }

  #mergeRelationship(type: RelationshipType, row: RelationshipRow, index: number): void {
    const ends = { fromKey: toKeyText(row.from), toKey: toKeyText(row.to) };
    const binding = { type: type.type, from: type.from.label, to: type.to.label, ...ends };
    const existing = this.#statements.relationship.get(binding);
    if (existing !== undefined) {
      const before = parse(existing);
      const after = merged(before, row.properties ?? {});
      this.#statements.updateRelationship.run(JSON.stringify(after), existing.id);
      return this.#indexRelationship(type, existing.id, before, after);
    }
    for (const [end, label, key] of [
      ["from", type.from.label, ends.fromKey],
      ["to", type.to.label, ends.toKey],
    ] as const)
      if (this.#statements.node.get(label, key) === undefined)
        throw new RejectedWrite(
          "node_missing",
          `mergeRelationships("${type.type}"): there is no ${label} with the key in \`${end}\` of row ${index}.`,
        );
    const after = merged({}, row.properties ?? {});
    const { lastInsertRowid } = this.#statements.insertRelationship.run({
      ...binding,
      properties: JSON.stringify(after),
    });
    this.#indexRelationship(type, Number(lastInsertRowid), {}, after);
  }

  #deleteRelationships(type: RelationshipType, where: Where): void {
    for (const relationship of findRelationships(this.#statements, type, { where }).toArray())
      this.#deleteRelationship(relationship);
  }

  #find(type: NodeType, row: Properties): NodeRecord | undefined {
    return this.#statements.node.get(type.label, toKeyText(keyOf(type, row)));
  }

  #insertNode(type: NodeType, keyText: string, row: Properties): void {
    const properties = merged({}, row);
    const { lastInsertRowid } = this.#statements.insertNode.run(type.label, keyText, JSON.stringify(properties));
    this.#indexNode(type, Number(lastInsertRowid), {}, properties);
  }

  #updateNode(type: NodeType, node: NodeRecord, changes: Properties): void {
    const before = parse(node);
    const after = merged(before, changes);
    this.#statements.updateNode.run(JSON.stringify(after), node.id);
    this.#indexNode(type, node.id, before, after);
  }

  #deleteRelationship(relationship: RelationshipRecord): void {
    const type = this.#schema.relationships.get(relationship.type);
    if (type !== undefined) this.#indexRelationship(type, relationship.id, parse(relationship), {});
    this.#statements.deleteRelationship.run(relationship.id);
  }

  #indexNode({ label, index }: NodeType, id: number, before: Properties, after: Properties): void {
    for (const { property, was, is } of changed(index, before, after)) {
      if (was !== undefined) this.#statements.unindexNode.run(label, property, was, id);
      if (is !== undefined) this.#statements.indexNode.run(label, property, is, id);
    }
  }

  #indexRelationship({ type, index }: RelationshipType, id: number, before: Properties, after: Properties): void {
    for (const { property, was, is } of changed(index, before, after)) {
      if (was !== undefined) this.#statements.unindexRelationship.run(type, property, was, id);
      if (is !== undefined) this.#statements.indexRelationship.run(type, property, is, id);
    }
  }
}

const keyOf = (type: NodeType, row: Properties): string | number => row[type.key] as string | number;

const parse = ({ properties }: { readonly properties: string }): Properties => JSON.parse(properties) as Properties;

/** `null` removes. */
function merged(before: Properties, changes: Properties): Properties {
  const after: Record<string, PropertyValue> = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return after;
}

const changed = (index: readonly string[], before: Properties, after: Properties) =>
  index
    .map((property) => ({ property, was: indexedValue(before[property]), is: indexedValue(after[property]) }))
    .filter(({ was, is }) => was !== is);
