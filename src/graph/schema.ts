import { MisuseError } from "../errors.ts";
import type { NodeSchema, RelationshipSchema } from "./graph-store.ts";

/**
 * What a graph's labels, types and property names must look like. They stand inside statements, where no parameter
 * can: so nothing that needs escaping is let in at all. Letters of any script, digits and `_`.
 */
const NAME = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u;

/** The one name that an object cannot carry as plain data. */
const UNUSABLE = "__proto__";

export const isGraphName = (name: unknown): name is string =>
  typeof name === "string" && NAME.test(name) && name !== UNUSABLE;

export interface NodeType {
  readonly label: string;
  readonly key: string;
  readonly index: readonly string[];
}

export interface RelationshipType {
  readonly type: string;
  readonly from: NodeType;
  readonly to: NodeType;
  readonly index: readonly string[];
}

/** The declared labels and types, checked once. Everything that reaches a statement as a name comes from here. */
export interface GraphSchema {
  readonly nodes: ReadonlyMap<string, NodeType>;
  readonly relationships: ReadonlyMap<string, RelationshipType>;
}

/** Checks a declaration. Throws a `MisuseError` (`invalid_graph_schema`) that says which name is wrong. */
export function declareSchema(nodes: NodeSchema, relationships: RelationshipSchema = {}): GraphSchema {
  const nodeTypes = new Map<string, NodeType>();
  for (const [label, { key, index = [] }] of Object.entries(nodes)) {
    checkName(label, "the label");
    checkName(key, `the key of label ${label}`);
    for (const property of index) checkName(property, `an index of label ${label}`);
    nodeTypes.set(label, { label, key, index: [...new Set(index)].filter((property) => property !== key) });
  }
  const relationshipTypes = new Map<string, RelationshipType>();
  for (const [type, { from, to, index = [] }] of Object.entries(relationships)) {
    checkName(type, "the relationship type");
    for (const property of index) checkName(property, `an index of relationship type ${type}`);
    const [source, target] = [nodeTypes.get(from), nodeTypes.get(to)];
    if (source === undefined || target === undefined)
      throw invalidSchema(`Relationship type ${type} leads to a label that is not declared in \`nodes\`.`);
    relationshipTypes.set(type, { type, from: source, to: target, index: [...new Set(index)] });
  }
  return { nodes: nodeTypes, relationships: relationshipTypes };
}

export function nodeType(schema: GraphSchema, label: string): NodeType {
  const type = schema.nodes.get(label);
  if (type === undefined)
    throw new MisuseError(
      "unknown_label",
      `This graph declares no label of that name: add it to \`nodes\`. Declared: ${listOf(schema.nodes)}.`,
    );
  return type;
}

export function relationshipType(schema: GraphSchema, name: string): RelationshipType {
  const type = schema.relationships.get(name);
  if (type === undefined)
    throw new MisuseError(
      "unknown_relationship_type",
      `This graph declares no relationship type of that name: add it to \`relationships\`. Declared: ${listOf(schema.relationships)}.`,
    );
  return type;
}

const listOf = (names: ReadonlyMap<string, unknown>): string => [...names.keys()].join(", ") || "none";

function checkName(name: unknown, what: string): void {
  if (isGraphName(name)) return;
  const shown = typeof name === "string" ? JSON.stringify(name.slice(0, 80)) : typeof name;
  throw invalidSchema(`${shown} cannot be ${what}: 1 to 64 letters, digits or "_", no digit first.`);
}

const invalidSchema = (message: string): MisuseError => new MisuseError("invalid_graph_schema", message);
