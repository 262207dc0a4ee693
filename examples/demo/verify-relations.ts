/** A relation as read from the graph, or as the last revision of a document has it. */
export interface ReadRelation {
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

export interface RelationsVerdict {
  /** In the graph, and not in the last revision of its document. */
  readonly stale: number;
  /** In the last revision of its document, and not in the graph. */
  readonly missing: number;
  /** The first few of each, in words. */
  readonly examples: readonly string[];
}

const EXAMPLES_OF_EACH = 3;

/** Compares the relations in the graph with those that the last revisions have. */
export function verifyRelations(expected: readonly ReadRelation[], found: readonly ReadRelation[]): RelationsVerdict {
  const wanted = new Set(expected.map(inWords));
  const there = new Set(found.map(inWords));
  const stale = [...there].filter((relation) => !wanted.has(relation));
  const missing = [...wanted].filter((relation) => !there.has(relation));
  return {
    stale: stale.length,
    missing: missing.length,
    examples: [
      ...stale.slice(0, EXAMPLES_OF_EACH).map((relation) => `stale: ${relation}`),
      ...missing.slice(0, EXAMPLES_OF_EACH).map((relation) => `missing: ${relation}`),
    ],
  };
}

const inWords = ({ type, from, to }: ReadRelation): string => `(${from})-[${type}]->(${to})`;
