import { findKinds, wordsOf } from "./equipment-kinds.ts";
import { type EquipmentName, findModel, readEquipmentName, sameModel } from "./equipment-names.ts";
import type { Block } from "../text/split-blocks.ts";
import type { Section } from "../split-sections.ts";
import type { TableBlock } from "../text/read-table.ts";

/** Machines that labels, tables and lists name outright. */
export interface ListedEquipment {
  /** By a label: `Equipment: …`. The section, with what is below it, is about that machine. */
  readonly labelled: readonly { readonly section: Section; readonly name: EquipmentName }[];
  /** By a row or a bullet; there may be one for each machine of a kitchen. */
  readonly listed: readonly EquipmentName[];
  /** Models that are given without a name (`Model: GL-500A`): that of the machine which the section is about. */
  readonly models: readonly { readonly section: Section; readonly model: string }[];
}

const MACHINE_LABEL = /^(?:equipment|appliance|machine|unit|device|equipment name|product|title)$/i;
const MODEL_LABEL = /^(?:model|models|model (?:no\.?|number|numbers|name))$/i;
const NAME_COLUMN = /^(?:name|equipment|appliance|machine|unit|description|equipment name|product name)$/i;
const LIST_HEADING =
  /^(?:models?|equipment|appliances?|machines|units)(?: (?:covered|list|overview|in this .*|described|types))?$|\bmodels covered\b|^covered (?:models|equipment)$/i;

/** @param title what the manual's title names: it lends its kind to rows that give a code only. */
export function findListedEquipment(sections: readonly Section[], title: EquipmentName | undefined): ListedEquipment {
  const found = { labelled: [], listed: [], models: [] } as {
    labelled: { section: Section; name: EquipmentName }[];
    listed: EquipmentName[];
    models: { section: Section; model: string }[];
  };
  for (const [place, section] of sections.entries()) {
    for (const block of section.blocks) {
      for (const [key, value] of labelsOf(block)) {
        if (MODEL_LABEL.test(key)) {
          const model = findModel(value) || (value.length <= 40 ? value.trim() : "");
          if (model !== "") found.models.push({ section, model });
        } else if (MACHINE_LABEL.test(key)) {
          const name = readEquipmentName(value);
          if (name !== undefined && isMachine(name)) found.labelled.push({ section, name });
        }
      }
      if (block.kind === "list" && !block.ordered && LIST_HEADING.test(section.title))
        for (const name of block.items.flatMap(({ text }) => listedName(text))) found.listed.push(name);
      if (block.kind === "table") for (const name of rowNames(block, title)) found.listed.push(name);
      // In a sentence only at the top of the manual: further down models of parts are named.
      const model = block.kind === "paragraph" && place < 2 ? modelIn(block.text) : "";
      if (model !== "") found.models.push({ section, model });
    }
  }
  return found;
}

/** Whether a name is surely a machine's: by its kind or its model. */
export function isMachine(name: EquipmentName): boolean {
  return !name.isCollective && (name.kind !== "" || name.model !== "");
}

const LONGEST_LABEL = 24;

/** `Model: TF-50` in a line or a bullet, and the rows of a table of two columns. */
function labelsOf(block: Block): readonly (readonly [string, string])[] {
  if (block.kind === "title" || (block.kind === "list" && block.ordered)) return [];
  if (block.kind === "table") {
    if (block.header.length !== 2) return [];
    return [block.header, ...block.rows].map(([key = "", value = ""]) => [key.trim(), value] as const);
  }
  const lines = block.kind === "list" ? block.items.map(({ text }) => text) : block.lines;
  return lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return colon > 0 && colon <= LONGEST_LABEL ? [[line.slice(0, colon).trim(), line.slice(colon + 1)] as const] : [];
  });
}

function modelIn(text: string): string {
  return findModel(/\bmodel (?:no\.? |number )?([^\s,;.()]{2,40})/i.exec(text.slice(0, 400))?.[1] ?? "");
}

function listedName(item: string): readonly EquipmentName[] {
  const name = readEquipmentName(item.split(/ [–—-] |: |, |\. |;/)[0] ?? "");
  return name !== undefined && (name.kind !== "" || name.model !== "") ? [name] : [];
}

/** A table with a column of machines or models, one a row. */
function rowNames(table: TableBlock, title: EquipmentName | undefined): readonly EquipmentName[] {
  if (table.header.length < 2) return [];
  const modelColumn = table.header.findIndex((cell) => MODEL_LABEL.test(cell.trim()));
  const nameColumn = table.header.findIndex((cell) => NAME_COLUMN.test(cell.trim()));
  if (modelColumn < 0 && (nameColumn < 0 || !/equipment|appliance|machine|unit/i.test(table.header[nameColumn] ?? "")))
    return [];
  return table.rows.flatMap((row) => {
    const code = modelColumn < 0 ? "" : findModel(row[modelColumn] ?? "");
    const written = nameColumn < 0 ? "" : (row[nameColumn] ?? "").trim();
    const kind = title?.kind ?? "";
    const isCodeNamed = sameModel(written).includes(sameModel(code));
    // Two models of one name are two machines: the code tells them apart.
    const name = readEquipmentName(isCodeNamed ? written : `${code} ${written || kind}`.trim());
    if (name === undefined || (code === "" && name.kind === "" && name.model === "")) return [];
    return [{ ...name, model: name.model || code, kind: name.kind || kind }];
  });
}

const MOST_MENTIONED = 12;

/** For a text that names its machines nowhere else: the kinds it mentions, the most frequent first, at most 12. */
export function findMentionedEquipment(sections: readonly Section[]): readonly EquipmentName[] {
  const counts = new Map<string, number>();
  for (const { title, blocks } of sections) {
    for (const text of [title, ...blocks.flatMap(textsOf)]) {
      for (const { phrase } of findKinds(wordsOf(text))) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
    }
  }
  // "The fryer" of a text that speaks of a deep fryer is that one.
  const isShort = (phrase: string): boolean => [...counts.keys()].some((other) => other.endsWith(` ${phrase}`));
  const phrases = [...counts].filter(([phrase]) => !isShort(phrase)).sort((one, other) => other[1] - one[1]);
  return phrases
    .slice(0, MOST_MENTIONED)
    .flatMap(([phrase]) => readEquipmentName(phrase.charAt(0).toUpperCase() + phrase.slice(1)) ?? []);
}

function textsOf(block: Block): readonly string[] {
  if (block.kind === "list") return block.items.map(({ text }) => text);
  return block.kind === "table" ? [...block.header, ...block.rows.flat()] : [block.text];
}
