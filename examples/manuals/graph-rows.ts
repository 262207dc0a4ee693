import type { Properties, RelationshipRow } from "holdfast/graph";
import { sameModel } from "./equipment/equipment-names.ts";
import type { ExtractedManual } from "./extracted-manual.ts";
import type { ManualRelationship, PartLabel } from "./graph-model.ts";

/** One manual as rows for the graph's transaction, without its Document. */
export interface ManualRows {
  readonly nodes: Readonly<Record<PartLabel, readonly Properties[]>>;
  readonly relationships: ReadonlyMap<ManualRelationship, readonly RelationshipRow[]>;
}

/**
 * The rows of a manual, each marked with its document. Rows of one label all have the same properties, so that none of
 * an earlier revision is left on a node that stays.
 */
export function rowsOf(manual: ExtractedManual): ManualRows {
  const document = manual.document.id;
  const relationships = new Map<ManualRelationship, RelationshipRow[]>();
  for (const { type, from, to, position } of manual.relations) {
    const rows = relationships.get(type) ?? [];
    rows.push({ from, to, properties: position === undefined ? { document } : { document, position } });
    relationships.set(type, rows);
  }
  return {
    nodes: {
      Equipment: manual.equipment.map((each) => ({ ...each, modelKey: sameModel(each.model) })),
      Procedure: manual.procedures.map((each) => ({ ...each })),
      Step: manual.steps.map((each) => ({ ...each })),
      Temperature: manual.temperatures.map((each) => ({ ...each })),
    },
    relationships,
  };
}
