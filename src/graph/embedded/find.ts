import type { NodeKey, Where } from "../graph-store.ts";
import type { NodeType, RelationshipType } from "../schema.ts";
import { indexedValue } from "./build-indexes.ts";
import { toKeyText } from "./key-text.ts";
import type { NodeRecord, RelationshipRecord, Statements } from "./statements.ts";

/* Finds rows in the order of their keys, by the narrowest way there is: a key, a declared index, else the whole label. */

export function findNodes(
  statements: Statements,
  type: NodeType,
  { keys, where }: Partial<{ readonly keys: readonly NodeKey[]; readonly where: Where }>,
): IteratorObject<NodeRecord> {
  return satisfying(nodeCandidates(statements, type, keys ?? keysIn(type, where), where), where);
}

function nodeCandidates(
  statements: Statements,
  type: NodeType,
  keys: readonly NodeKey[] | undefined,
  where: Where | undefined,
): IteratorObject<NodeRecord> {
  if (keys !== undefined)
    return sortedTexts(keys)
      .values()
      .map((key) => statements.node.get(type.label, key))
      .filter((node) => node !== undefined);
  const indexed = indexedCondition(type.index, where);
  return Iterator.from(
    indexed === undefined
      ? statements.nodes.iterate(type.label)
      : statements.nodesByProperty.iterate(type.label, indexed.property, indexed.value),
  );
}

export function findRelationships(
  statements: Statements,
  type: RelationshipType,
  {
    from,
    to,
    where,
  }: Partial<{ readonly from: readonly NodeKey[]; readonly to: readonly NodeKey[]; readonly where: Where }>,
): IteratorObject<RelationshipRecord> {
  const targets = to === undefined ? undefined : new Set(to.map(toKeyText));
  const candidates = relationshipCandidates(statements, type, from, targets, where);
  return satisfying(targets === undefined ? candidates : candidates.filter(({ to_key }) => targets.has(to_key)), where);
}

function relationshipCandidates(
  statements: Statements,
  { type, from: { label: from }, to: { label: to }, index }: RelationshipType,
  sources: readonly NodeKey[] | undefined,
  targets: ReadonlySet<string> | undefined,
  where: Where | undefined,
): IteratorObject<RelationshipRecord> {
  const binding = { type, from, to };
  if (sources !== undefined)
    return sortedTexts(sources)
      .values()
      .flatMap((fromKey) => statements.relationshipsFrom.iterate({ ...binding, fromKey }));
  if (targets !== undefined)
    return [...targets]
      .flatMap((toKey) => statements.relationshipsTo.all({ ...binding, toKey }))
      .toSorted((a, b) => compare(a.from_key, b.from_key) || compare(a.to_key, b.to_key))
      .values();
  const indexed = indexedCondition(index, where);
  return Iterator.from(
    indexed === undefined
      ? statements.relationships.iterate(binding)
      : statements.relationshipsByProperty.iterate({ ...binding, ...indexed }),
  );
}

/** A condition on the key itself is a look-up. */
function keysIn(type: NodeType, where: Where | undefined): readonly NodeKey[] | undefined {
  const key = where?.[type.key];
  return typeof key === "string" || typeof key === "number" ? [key] : undefined;
}

function indexedCondition(
  index: readonly string[],
  where: Where = {},
): { readonly property: string; readonly value: string } | undefined {
  for (const property of index) {
    const value = indexedValue(where[property]);
    if (value !== undefined) return { property, value };
  }
  return undefined;
}

/** The conditions that no index has answered. */
function satisfying<Row extends { readonly properties: string }>(
  rows: IteratorObject<Row>,
  where: Where | undefined,
): IteratorObject<Row> {
  const conditions = Object.entries(where ?? {});
  if (conditions.length === 0) return rows;
  return rows.filter(({ properties }) => {
    const found = JSON.parse(properties) as Record<string, unknown>;
    return conditions.every(([name, value]) => found[name] === value);
  });
}

const sortedTexts = (keys: readonly NodeKey[]): readonly string[] =>
  [...new Set(keys.map(toKeyText))].toSorted(compare);

/** As SQLite compares texts: by code point. JavaScript's `<` compares UTF-16 units, which differs beyond U+FFFF. */
const compare = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));
