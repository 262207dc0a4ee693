import type { EquipmentFound } from "./extract-equipment.ts";
import type { ProceduresFound } from "./extract-procedures.ts";
import type { Equipment, Temperature } from "./extracted-manual.ts";
import { celsius, type FoundTemperature } from "./temperatures/find-temperatures.ts";
import { withoutDocumentWords } from "./equipment/equipment-names.ts";
import { type Identifiers, slug } from "./identifiers.ts";
import { cut } from "./text/normalize-text.ts";
import { pathOf, type Section } from "./split-sections.ts";
import { purposeNear } from "./temperatures/temperature-purpose.ts";
import { readStatements, type Statement } from "./temperatures/temperature-statements.ts";

export interface TemperaturesFound {
  readonly temperatures: readonly Temperature[];
  /** The machines that each temperature is stated for, as pairs of ids. */
  readonly owned: readonly { readonly equipment: string; readonly temperature: string }[];
}

/** Finds every temperature with what it is for, and the machine, procedure and step that it belongs to. */
export function extractTemperatures(
  document: string,
  sections: readonly Section[],
  equipment: EquipmentFound,
  procedures: ProceduresFound,
  identifiers: Identifiers,
): TemperaturesFound {
  const temperatures: Temperature[] = [];
  const owned: { equipment: string; temperature: string }[] = [];
  for (const section of sections) {
    const path = pathOf(section);
    const place = slug(path.at(-1) ?? "text");
    // The words of a title that say only that it is a manual's ("Cleaning guide") say nothing of a temperature.
    const headings = path.map(withoutDocumentWords).reverse();
    for (const statement of readStatements(section)) {
      const step = procedures.stepOf.get(statement.source) ?? procedures.stepOf.get(section);
      const introduced = procedures.introducedIn.get(section);
      const isIntroduction = introduced !== undefined && statement.block < introduced.block;
      const procedure = step?.procedure ?? (isIntroduction ? introduced.procedure.id : "");
      for (const { found, title } of statement.temperatures) {
        const owners = ownersOf(statement, found, section, equipment);
        const text = statement.text.slice(found.start, found.end);
        const id = identifiers.make("temperature", place, nameOf(found));
        temperatures.push({
          id,
          document,
          position: temperatures.length + 1,
          text,
          unit: found.unit,
          lowest: found.lowest,
          highest: found.highest,
          lowestCelsius: celsius(found.lowest, found.unit),
          highestCelsius: celsius(found.highest, found.unit),
          comparison: found.comparison,
          purpose: purposeOf(statement, found, [title, ...statement.labels, ...headings]),
          context: contextOf(statement, found, title),
          section: path.join(" > "),
          procedure,
          step: step?.id ?? "",
        });
        for (const { id: owner } of owners) owned.push({ equipment: owner, temperature: id });
      }
    }
  }
  return { temperatures, owned };
}

/** Of several machines, a row or a bullet that begins with the name of one, or a sentence that mentions one, is about that. */
function ownersOf(
  statement: Statement,
  found: FoundTemperature,
  section: Section,
  equipment: EquipmentFound,
): readonly Equipment[] {
  const bySection = equipment.ownersOf(section);
  if (equipment.equipment.length < 2) return bySection;
  for (const label of statement.subjects) {
    const named = equipment.named(label);
    if (named !== undefined) return [named];
  }
  if (bySection.length === 1) return bySection;
  const [from, to] = sentenceAround(statement.text, found.start, found.end);
  const mentioned = equipment.mentionedIn([statement.text.slice(from, to), ...statement.labels].join(" – "));
  return mentioned === undefined ? bySection : [mentioned];
}

/** `350-fahrenheit`, `minus-18-celsius`, `2-to-5-celsius`. */
function nameOf({ lowest, highest, unit }: FoundTemperature): string {
  const spell = (value: number): string => `${value < 0 ? "minus-" : ""}${Math.abs(value)}`;
  return `${lowest === highest ? spell(lowest) : `${spell(lowest)}-to-${spell(highest)}`}-${unit}`;
}

function purposeOf(statement: Statement, found: FoundTemperature, titles: readonly string[]): Temperature["purpose"] {
  const [from, to] = sentenceAround(statement.text, found.start, found.end);
  const near = purposeNear(statement.text.slice(from, to), found.start - from, found.end - from);
  if (near !== undefined) return near;
  // "Measure one drink. It must be 40 °F or less." goes on from the sentence before.
  if (/^\s*(?:it|they|this|these|that|its|their)\b/i.test(statement.text.slice(from, to))) {
    const before = statement.text.slice(Math.max(0, from - REACH), from);
    const earlier = purposeNear(before, before.length, before.length);
    if (earlier !== undefined) return earlier;
  }
  for (const title of titles) {
    const purpose = purposeNear(title, title.length, title.length);
    if (purpose !== undefined) return purpose;
  }
  return "other";
}

function contextOf(statement: Statement, found: FoundTemperature, title: string): string {
  const [from, to] = sentenceAround(statement.text, found.start, found.end);
  const sentence = cut(statement.text, from, to).trim();
  const labels = statement.labels.toReversed();
  return cut([...labels, title === "" ? sentence : `${title}: ${sentence}`].join(" – "), 0, LONGEST_CONTEXT);
}

const LONGEST_CONTEXT = 400;
/** Further away than this, nothing is read: a text without full stops must not cost its length for each temperature. */
const REACH = 180;
const ABBREVIATION = /\b(?:deg|approx|no|min|max|e\.g|i\.e|ca|vs|fig)\.$/i;

function sentenceAround(text: string, start: number, end: number): readonly [number, number] {
  const isEnd = (at: number): boolean =>
    /[.!?]/.test(text[at] ?? "") &&
    /^\s+[\p{Lu}\d"“(]/u.test(text.slice(at + 1, at + 4)) &&
    !ABBREVIATION.test(text.slice(Math.max(0, at - 8), at + 1));
  let from = start;
  while (from > Math.max(0, start - REACH) && !isEnd(from - 1)) from -= 1;
  let to = end;
  while (to < Math.min(text.length, end + REACH) && !isEnd(to)) to += 1;
  return [from, Math.min(text.length, to + 1)];
}
