import type { Properties, RelationshipRow } from "holdfast/graph";
import { type ManualRelationship, PART_LABELS, type PartLabel, RELATIONSHIP_TYPES } from "./graph-model.ts";
import type { ManualRows } from "./graph-rows.ts";
import type { ManualsTransaction } from "./manuals-graph.ts";

/** What has to be written so that the graph holds the rows of one manual and nothing else of its document. */
export interface GraphDifference {
  readonly merge: ReadonlyMap<PartLabel, readonly Properties[]>;
  readonly remove: ReadonlyMap<PartLabel, readonly string[]>;
  readonly relate: ReadonlyMap<ManualRelationship, readonly RelationshipRow[]>;
  /** Types of which a relationship is gone although both its ends stay. They are named by their document only: all of it go, and are made anew. */
  readonly unrelate: readonly ManualRelationship[];
}

/** A match returns no more nodes or relationships than this. */
const MOST_MATCHED = 100_000;

/** These lead to a node whose id says where from: they come and go with it, and need not be read. */
const TIED: ReadonlySet<ManualRelationship> = new Set(["DESCRIBES", "DOCUMENTS", "HAS_STEP", "STATES"]);

/**
 * Refuses a manual of which not all could be found again: then a later revision would leave some of it behind.
 *
 * @throws Error naming what there is too much of
 */
export function assertComparable({ nodes, relationships }: ManualRows): void {
  for (const [name, rows] of [...Object.entries(nodes), ...relationships]) {
    if (rows.length < MOST_MATCHED) continue;
    throw new Error(`This manual has ${rows.length} of ${name}, more than can be kept of one document: split it.`);
  }
}

/** Everything of a document that the graph does not know yet. */
export function wholeManual(rows: ManualRows): GraphDifference {
  return {
    merge: new Map(PART_LABELS.map((label) => [label, rows.nodes[label]])),
    remove: new Map(),
    relate: rows.relationships,
    unrelate: [],
  };
}

/**
 * Compares with what the graph holds of the document. A revision changes a few lines of a manual: reading what is there
 * costs less than writing all of it again. Of several revisions, one after the other, the last remains; but what one
 * between them lacks is made anew, as it would be if each were written: without what others have put on it.
 */
export async function differenceFrom(
  revisions: readonly [...ManualRows[], ManualRows],
  document: string,
  graph: ManualsTransaction,
): Promise<GraphDifference> {
  const rows = revisions.at(-1)!;
  const merge = new Map<PartLabel, readonly Properties[]>();
  const remove = new Map<PartLabel, readonly string[]>();
  const known = new Set<string>();
  const removed = new Set<string>();
  const [where, limit] = [{ document }, { limit: MOST_MATCHED }];
  for (const label of PART_LABELS) {
    const there = new Map((await graph.matchNodes(label, { where }, limit)).map((node) => [String(node.id), node]));
    const ids = revisions.map(({ nodes }) => new Set(nodes[label].map(({ id }) => id)));
    const gone = [...there.keys()].filter((id) => !ids.every((ofRevision) => ofRevision.has(id)));
    for (const id of gone) {
      there.delete(id);
      removed.add(id);
    }
    for (const id of there.keys()) known.add(id);
    remove.set(label, gone);
    merge.set(
      label,
      rows.nodes[label].filter((row) => !says(there.get(String(row.id)), row)),
    );
  }
  const relate = new Map<ManualRelationship, readonly RelationshipRow[]>();
  const unrelate: ManualRelationship[] = [];
  for (const type of RELATIONSHIP_TYPES) {
    const wanted = rows.relationships.get(type) ?? [];
    if (TIED.has(type)) {
      relate.set(
        type,
        wanted.filter(({ to }) => !known.has(String(to))),
      );
      continue;
    }
    const there = await graph.matchRelationships(type, { where }, limit);
    // One that loses an end goes with it.
    const staying = there.filter(({ from, to }) => !removed.has(String(from)) && !removed.has(String(to)));
    const ends = revisions.map(({ relationships }) => new Set((relationships.get(type) ?? []).map(endsOf)));
    const isAnew = staying.some((found) => !ends.every((ofRevision) => ofRevision.has(endsOf(found))));
    if (isAnew) unrelate.push(type);
    const related = new Set(staying.map(endsOf));
    relate.set(type, isAnew ? wanted : wanted.filter((row) => !related.has(endsOf(row))));
  }
  return { merge, remove, relate, unrelate };
}

/** Writes the differences of documents; nothing of it is a match, so it comes last in a transaction. */
export async function applyDifferences(
  differences: ReadonlyMap<string, GraphDifference>,
  graph: ManualsTransaction,
): Promise<void> {
  const all = [...differences.values()];
  for (const [document, { unrelate }] of differences)
    for (const type of unrelate) await graph.deleteRelationships(type, { where: { document } });
  for (const label of PART_LABELS)
    await graph.deleteNodes(label, { keys: all.flatMap(({ remove }) => remove.get(label) ?? []) });
  for (const label of PART_LABELS)
    await graph.mergeNodes(
      label,
      all.flatMap(({ merge }) => merge.get(label) ?? []),
    );
  for (const type of RELATIONSHIP_TYPES)
    await graph.mergeRelationships(
      type,
      all.flatMap(({ relate }) => relate.get(type) ?? []),
    );
}

/** Whether a node has all the properties of a row; what others have put on it does not count. */
function says(there: Properties | undefined, row: Properties): boolean {
  return there !== undefined && Object.keys(row).every((name) => there[name] === row[name]);
}

function endsOf({ from, to }: { readonly from: string | number; readonly to: string | number }): string {
  return `${from}\n${to}`;
}
