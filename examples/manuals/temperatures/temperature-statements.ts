import type { TemperatureUnit } from "../extracted-manual.ts";
import { type FoundTemperature, findTemperatures, isSameTemperature } from "./find-temperatures.ts";
import type { TableBlock } from "../text/read-table.ts";
import type { Section } from "../split-sections.ts";
import { cut } from "../text/normalize-text.ts";

/** One piece of text that states temperatures, with the words that label it. */
export interface Statement {
  readonly text: string;
  readonly temperatures: readonly {
    readonly found: FoundTemperature /** The title of its column; empty outside tables. */;
    readonly title: string;
  }[];
  /** What the piece is said of, nearest first: the label of its row, the line above its list. */
  readonly labels: readonly string[];
  /** What may name the machine that it is said of: its labels and the words before its colon. */
  readonly subjects: readonly string[];
  /** The item, row or block it was read from; known by identity. */
  readonly source: object;
  /** The place of its block in the section; -1 for the heading. */
  readonly block: number;
}

/** Every statement of a section, its heading included, in the order of the text. */
export function readStatements(section: Section): readonly Statement[] {
  const statements: Statement[] = [];
  let title: readonly string[] = [];
  let isTitleUsed = false;
  const add = (text: string, source: object, block: number): void => {
    const temperatures = findTemperatures(text).map((found) => ({ found, title: "" }));
    if (temperatures.length === 0) return;
    statements.push({ text, temperatures, labels: title, subjects: [...labelOf(text), ...title], source, block });
  };
  add(section.title, section, -1);
  for (const [place, block] of section.blocks.entries()) {
    // A title reaches to its first list or table; a paragraph after that is another matter.
    if (block.kind === "title" || (block.kind === "paragraph" && isTitleUsed)) title = [];
    isTitleUsed = block.kind === "title" ? false : isTitleUsed || block.kind !== "paragraph";
    if (block.kind === "table")
      for (const statement of statementsOfTable(block, title, place)) statements.push(statement);
    else if (block.kind === "list") for (const item of block.items) add(item.text, item, place);
    else {
      add(block.text, block, place);
      if (block.kind === "title") title = [block.text];
    }
  }
  return statements;
}

/** `Fryer: keep at 350 °F` and `Roasted chicken – …` are said of what stands before. */
function labelOf(text: string): readonly string[] {
  const label = /^([^:–—.]{2,40}?)(?::| [–—-]) /.exec(text)?.[1];
  return label === undefined ? [] : [label];
}

/** Labels are said again with each temperature: their length must not count each time. */
const LONGEST_LABEL = 200;

function statementsOfTable(table: TableBlock, title: readonly string[], block: number): readonly Statement[] {
  const units = table.header.map(unitOfTitle);
  // Titles with figures in them: the table has no titles, its first row stands in their place.
  const rows = table.header.some((cell) => findTemperatures(cell).length > 0)
    ? [table.header, ...table.rows]
    : table.rows;
  return rows.flatMap((row) => {
    const statements: Statement[] = [];
    const label = row.findIndex((cell) => /\p{L}/u.test(cell) && findTemperatures(cell).length === 0);
    for (const [column, cell] of row.entries()) {
      const heading = row === table.header ? "" : cut(table.header[column] ?? "", 0, LONGEST_LABEL);
      const unit = /^[<>≤≥~+−–-]? ?\d/.test(cell) ? units[column] : undefined;
      const temperatures = findTemperatures(cell, unit).map((found) => ({
        found: boundedBy(heading, found),
        title: heading,
      }));
      if (temperatures.length === 0 || isConversionOf(statements.at(-1), column, temperatures[0]?.found, units))
        continue;
      const labels = label < 0 || label > column ? title : [cut(row[label] ?? "", 0, LONGEST_LABEL), ...title];
      statements.push({ text: cell, temperatures, labels, subjects: labels, source: row, block });
    }
    return statements;
  });
}

/** `Minimum temperature` above a column bounds the figures below it. */
function boundedBy(title: string, found: FoundTemperature): FoundTemperature {
  if (found.comparison !== "at") return found;
  if (/\bmin(?:imum)?\b/i.test(title)) return { ...found, comparison: "at_or_above" };
  return /\bmax(?:imum)?\b/i.test(title) ? { ...found, comparison: "at_or_below" } : found;
}

/** `Temperature (°F)` gives the unit of the bare numbers below it; `Fries at 350 °F` does not. */
function unitOfTitle(title: string): TemperatureUnit | undefined {
  if (/\d/.test(title)) return undefined;
  const isFahrenheit = /[°º℉] ?F\b|℉|\bFahrenheit\b|\(F\)|^F$/i.test(title);
  const isCelsius = /[°º] ?C\b|℃|\bCelsius\b|\(C\)|^C$/i.test(title);
  if (isFahrenheit === isCelsius) return undefined;
  return isFahrenheit ? "fahrenheit" : "celsius";
}

/** A column of °C right of a column of °F says the same again. */
function isConversionOf(
  left: Statement | undefined,
  column: number,
  right: FoundTemperature | undefined,
  units: readonly (TemperatureUnit | undefined)[],
): boolean {
  const one = left?.temperatures[0]?.found;
  if (one === undefined || right === undefined || left?.temperatures.length !== 1) return false;
  const [here, before] = [units[column], units[column - 1]];
  if (here === undefined || before === undefined || here === before || one.unit === right.unit) return false;
  return (
    isSameTemperature(one.lowest, one.unit, right.lowest, right.unit) &&
    isSameTemperature(one.highest, one.unit, right.highest, right.unit)
  );
}
