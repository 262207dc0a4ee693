import type { GraphWrite, MatchNodes, MatchRelationships } from "../commands.ts";
import type { AppendRow, NodeKey, NodeSelection, RelationshipRow, Where } from "../graph-store.ts";
import type { NodeType, RelationshipType } from "../schema.ts";
import { toNeo4j } from "./to-neo4j.ts";

export interface Statement {
  readonly cypher: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What the one number that it returns must be; anything less is `node_missing`. */
  readonly mustApply?: number;
}

/** Rows per statement: the most rows a second, measured (research/neo4j.md §3). */
const ROWS_PER_STATEMENT = 500;

/** A declared or checked name. The check (schema.ts) lets nothing through that could end the quotes. */
export const quote = (name: string): string => `\`${name}\``;

/**
 * The statements of one write. Rows are sorted by key, so that transactions lock in one order and do not deadlock; the
 * sort is stable, so rows of one key keep theirs.
 */
export function toStatements(write: GraphWrite): readonly Statement[] {
  switch (write.kind) {
    case "mergeNodes":
    case "createNodes": {
      const { label, key } = write.node;
      const cypher =
        write.kind === "mergeNodes"
          ? `UNWIND $rows AS row MERGE (n:${quote(label)} {${quote(key)}: row.key}) SET n += row.properties`
          : `UNWIND $rows AS row CREATE (n:${quote(label)} {${quote(key)}: row.key}) SET n += row.properties`;
      // Without the key: setting it once more would have its uniqueness checked once more.
      const rows = write.rows.map(({ [key]: nodeKey, ...properties }) => ({ key: nodeKey as NodeKey, properties }));
      return inChunks(
        cypher,
        sortedBy(rows, (row) => [row.key]),
      );
    }
    case "append":
      return appends(write.node, write.rows);
    case "mergeRelationships":
      return mergeRelationships(write.relationship, write.rows);
    case "deleteNodes":
      return deleteNodes(write.node, write.selection);
    case "deleteRelationships": {
      const cypher = `MATCH ${pattern(write.relationship)} WHERE ${conditions("r", write.where)} DELETE r`;
      return [statement(cypher, { where: write.where })];
    }
  }
}

/** One statement per property: its name cannot be a parameter. */
function appends({ label, key }: NodeType, rows: readonly AppendRow[]): readonly Statement[] {
  return [...Map.groupBy(rows, ({ property }) => property)].flatMap(([property, ofProperty]) =>
    inChunks(
      `UNWIND $rows AS row MERGE (n:${quote(label)} {${quote(key)}: row.key}) ` +
        `SET n.${quote(property)} = coalesce(n.${quote(property)}, []) + row.values`,
      sortedBy(
        ofProperty.map(({ key: nodeKey, values }) => ({ key: nodeKey, values })),
        (row) => [row.key],
      ),
    ),
  );
}

function mergeRelationships(relationship: RelationshipType, rows: readonly RelationshipRow[]): readonly Statement[] {
  const { type, from, to } = relationship;
  const numbered = sortedBy(rows, (row) => [row.from, row.to]).map((row, index) => ({
    index,
    from: row.from,
    to: row.to,
    properties: row.properties ?? {},
  }));
  return inChunks(
    `UNWIND $rows AS row MATCH (a:${quote(from.label)} {${quote(from.key)}: row.from}) ` +
      `MATCH (b:${quote(to.label)} {${quote(to.key)}: row.to}) ` +
      `MERGE (a)-[r:${quote(type)}]->(b) SET r += row.properties RETURN count(DISTINCT row.index) AS applied`,
    numbered,
  ).map((part) => ({ ...part, mustApply: (part.parameters.rows as readonly unknown[]).length }));
}

function deleteNodes({ label, key }: NodeType, selection: NodeSelection): readonly Statement[] {
  const { keys, where } = selection as Partial<{ keys: readonly NodeKey[]; where: Where }>;
  if (keys === undefined)
    return [statement(`MATCH (n:${quote(label)}) WHERE ${conditions("n", where ?? {})} DETACH DELETE n`, { where })];
  const also = where === undefined || Object.keys(where).length === 0 ? "" : ` WHERE ${conditions("n", where)}`;
  return inChunks(
    `UNWIND $rows AS key MATCH (n:${quote(label)} {${quote(key)}: key})${also} DETACH DELETE n`,
    sortedBy([...new Set(keys)], (nodeKey) => [nodeKey]),
    { where: where ?? {} },
  );
}

export function matchNodesStatement({ node: { label, key }, keys, where, limit }: MatchNodes): Statement {
  const filter = [
    keys === undefined ? `n.${quote(key)} IS NOT NULL` : `n.${quote(key)} IN $keys`,
    ...conditionList("n", where ?? {}),
  ].join(" AND ");
  return statement(
    `MATCH (n:${quote(label)}) WHERE ${filter} RETURN properties(n) AS properties ORDER BY n.${quote(key)} LIMIT $limit`,
    {
      keys: keys ?? [],
      where: where ?? {},
      limit,
    },
  );
}

export function matchRelationshipsStatement({ relationship, from, to, where, limit }: MatchRelationships): Statement {
  const [fromKey, toKey] = [`a.${quote(relationship.from.key)}`, `b.${quote(relationship.to.key)}`];
  const filter = [
    from === undefined ? `${fromKey} IS NOT NULL` : `${fromKey} IN $from`,
    to === undefined ? `${toKey} IS NOT NULL` : `${toKey} IN $to`,
    ...conditionList("r", where ?? {}),
  ].join(" AND ");
  const cypher =
    `MATCH ${pattern(relationship)} WHERE ${filter} ` +
    `RETURN ${fromKey} AS from, ${toKey} AS to, properties(r) AS properties ORDER BY from, to LIMIT $limit`;
  return statement(cypher, { from: from ?? [], to: to ?? [], where: where ?? {}, limit });
}

const pattern = ({ type, from, to }: RelationshipType): string =>
  `(a:${quote(from.label)})-[r:${quote(type)}]->(b:${quote(to.label)})`;

const conditionList = (variable: string, where: Where): readonly string[] =>
  Object.keys(where).map((name) => `${variable}.${quote(name)} = $where.${quote(name)}`);

const conditions = (variable: string, where: Where): string => conditionList(variable, where).join(" AND ");

const statement = (cypher: string, parameters: Readonly<Record<string, unknown>>): Statement => ({
  cypher,
  parameters: toNeo4j(parameters) as Readonly<Record<string, unknown>>,
});

function inChunks(
  cypher: string,
  rows: readonly unknown[],
  parameters: Readonly<Record<string, unknown>> = {},
): readonly Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    // Each row by itself: `toNeo4j` on the whole would look for a list of numbers.
    const chunk = rows.slice(start, start + ROWS_PER_STATEMENT).map(toNeo4j);
    statements.push({ cypher, parameters: { ...(toNeo4j(parameters) as object), rows: chunk } });
  }
  return statements;
}

/** Any order will do, as long as every transaction uses the same. */
const sortedBy = <Row>(rows: readonly Row[], keysOf: (row: Row) => readonly NodeKey[]): readonly Row[] =>
  rows.toSorted((a, b) => {
    const [left, right] = [keysOf(a), keysOf(b)];
    for (const [index, key] of left.entries()) {
      const order = compareKeys(key, right[index]!);
      if (order !== 0) return order;
    }
    return 0;
  });

function compareKeys(a: NodeKey, b: NodeKey): number {
  if (typeof a !== typeof b) return typeof a === "string" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
