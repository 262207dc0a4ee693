import { extractEquipment, titleOf } from "./extract-equipment.ts";
import { extractProcedures } from "./extract-procedures.ts";
import { extractTemperatures } from "./extract-temperatures.ts";
import type { ExtractedManual, ManualSource, Relation } from "./extracted-manual.ts";
import { fingerprint, Identifiers } from "./identifiers.ts";
import { splitSections } from "./split-sections.ts";

/** Raise it when a rule changes, so that documents of an unchanged revision are read again. */
export const EXTRACTOR_VERSION = 1;

/**
 * Reads one manual: its machines, procedures, steps and temperatures, and how they belong together. A pure function:
 * the same source always gives the same ids, and the time it takes grows with the length of the text only.
 *
 * Ids begin with the document's: a machine that two manuals describe is two nodes. Which of two manuals is right about
 * a machine is a person's decision, and a revision of one must not delete what the other says.
 *
 * @example
 * const manual = extractManual({ id: "fryer", text: "# TF-50 Fryer\n\n1. Press POWER.\n2. Wait for 350 °F.\n" });
 * manual.equipment[0]?.model; // "TF-50"
 * manual.temperatures[0]?.lowestCelsius; // 176.7
 */
export function extractManual({ id, text, format, revision = fingerprint(text) }: ManualSource): ExtractedManual {
  const sections = splitSections(text, format);
  const identifiers = new Identifiers(id);
  const equipment = extractEquipment(id, sections);
  const procedures = extractProcedures(id, sections, equipment, identifiers);
  const temperatures = extractTemperatures(id, sections, equipment, procedures, identifiers);

  const relations: Relation[] = [
    ...equipment.equipment.map(({ id: to }): Relation => ({ type: "DESCRIBES", from: id, to })),
    ...procedures.procedures.map(({ id: to }): Relation => ({ type: "DOCUMENTS", from: id, to })),
    ...procedures.owned.map(({ equipment: from, procedure: to }): Relation => ({ type: "HAS_PROCEDURE", from, to })),
    ...procedures.steps.map(
      ({ procedure: from, id: to, position }): Relation => ({ type: "HAS_STEP", from, to, position }),
    ),
    ...temperatures.temperatures.map(({ id: to }): Relation => ({ type: "STATES", from: id, to })),
    ...temperatures.owned.map(
      ({ equipment: from, temperature: to }): Relation => ({ type: "HAS_TEMPERATURE", from, to }),
    ),
    ...temperatures.temperatures.flatMap(({ step: from, id: to }): readonly Relation[] =>
      from === "" ? [] : [{ type: "REQUIRES_TEMPERATURE", from, to }],
    ),
  ];
  return {
    document: { id, title: titleOf(sections)?.title ?? equipment.equipment[0]?.name ?? id, revision },
    equipment: equipment.equipment,
    procedures: procedures.procedures,
    steps: procedures.steps,
    temperatures: temperatures.temperatures,
    relations,
  };
}
