import type { EquipmentFound } from "./extract-equipment.ts";
import type { Procedure, Step } from "./extracted-manual.ts";
import { findProcedures } from "./procedures/find-procedures.ts";
import { type Identifiers, slug } from "./identifiers.ts";
import { pathOf, type Section } from "./split-sections.ts";

/** Something of the text that became a step: an item, a row, or a section called `Step 3`. Known by identity. */
export type StepSource = object;

export interface ProceduresFound {
  readonly procedures: readonly Procedure[];
  readonly steps: readonly Step[];
  /** The step that an item, a row or a section became. */
  readonly stepOf: ReadonlyMap<StepSource, Step>;
  /** The only procedure that carries a section's heading as its name, and the block it begins with: what stands before introduces it. */
  readonly introducedIn: ReadonlyMap<Section, { readonly procedure: Procedure; readonly block: number }>;
  /** The machines that each procedure belongs to, as pairs of ids. */
  readonly owned: readonly { readonly equipment: string; readonly procedure: string }[];
}

/** Finds every procedure with its steps in order; what counts as one is told in `find-procedures.ts`. */
export function extractProcedures(
  document: string,
  sections: readonly Section[],
  equipment: EquipmentFound,
  identifiers: Identifiers,
): ProceduresFound {
  const procedures: Procedure[] = [];
  const steps: Step[] = [];
  const stepOf = new Map<StepSource, Step>();
  const introducedIn = new Map<Section, { procedure: Procedure; block: number }>();
  const owned: { equipment: string; procedure: string }[] = [];
  for (const draft of findProcedures(sections)) {
    const bySection = equipment.ownersOf(draft.section);
    const named = bySection.length === 1 ? undefined : equipment.mentionedIn(draft.name);
    const owners = named === undefined ? bySection : [named];
    // The machine in the id keeps "Cleaning" of two machines apart, and stays when the one before it is removed.
    const machine = owners.length === 1 && equipment.equipment.length > 1 ? [slug(owners[0]?.name ?? "")] : [];
    const id = identifiers.make("procedure", ...machine, slug(draft.name));
    const path = pathOf(draft.section);
    const procedure: Procedure = {
      id,
      document,
      name: draft.name,
      section: path.join(" > "),
      stepCount: draft.steps.length,
    };
    procedures.push(procedure);
    if (draft.introducedFrom !== undefined) introducedIn.set(draft.section, { procedure, block: draft.introducedFrom });
    for (const owner of owners) owned.push({ equipment: owner.id, procedure: id });
    for (const [index, { source, text }] of draft.steps.entries()) {
      const step: Step = { id: `${id}/step/${index + 1}`, document, procedure: id, position: index + 1, text };
      steps.push(step);
      stepOf.set(source, step);
    }
  }
  return { procedures, steps, stepOf, introducedIn, owned };
}
