import type { ManualFormat } from "../extracted-manual.ts";
import { plainText } from "./plain-text.ts";

export interface TableBlock {
  readonly kind: "table";
  /** The titles of the columns; all empty where the table has none. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Whether a table begins at this line: one of Markdown, or in plain text two lines with columns made of blanks. */
export function startsTable(lines: readonly string[], index: number, format: ManualFormat): boolean {
  const [line = "", next = ""] = [lines[index], lines[index + 1]];
  if (line.includes("|")) return isDelimiter(next);
  return format === "text" && splitColumns(line).length >= 2 && splitColumns(next).length >= 2;
}

export function readTable(
  lines: readonly string[],
  start: number,
  format: ManualFormat,
): { readonly block: TableBlock; readonly next: number } {
  const isMarked = (lines[start] ?? "").includes("|");
  const split = isMarked ? splitCells : splitColumns;
  const rows: (readonly string[])[] = [];
  let index = start + (isMarked ? 2 : 1);
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (/^[\s=-]*$/.test(line)) {
      // An underline below the titles of the columns.
      if (isMarked || format === "markdown" || line.trim() === "" || rows.length > 0) break;
      continue;
    }
    const cells = isMarked && !line.includes("|") ? [] : split(line);
    if (cells.length < (isMarked ? 1 : 2)) break;
    rows.push(cells);
  }
  return { block: { kind: "table", header: split(lines[start] ?? ""), rows }, next: index };
}

function isDelimiter(line: string): boolean {
  return line.includes("-") && line.includes("|") && /^[-:| ]+$/.test(line);
}

function splitCells(line: string): readonly string[] {
  const trimmed = line.trim();
  const cells: string[] = [];
  let cell = "";
  for (let index = trimmed.startsWith("|") ? 1 : 0; index < trimmed.length; index += 1) {
    const character = trimmed[index];
    if (character === "\\" && trimmed[index + 1] === "|") {
      cell += "|";
      index += 1;
    } else if (character === "|") {
      cells.push(plainText(cell));
      cell = "";
    } else cell += character;
  }
  if (cell.trim() !== "") cells.push(plainText(cell));
  return cells;
}

function splitColumns(line: string): readonly string[] {
  // Ordinary text sometimes has a wide gap in it; a list has one after its marker.
  if (!line.includes("   ") || /^ *(?:[-*+•]|\d{1,3}[.)]) /.test(line)) return [line];
  return line.trim().split(/ {3,}/).map(plainText);
}
