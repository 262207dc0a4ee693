import type { ManualFormat } from "../extracted-manual.ts";
import { type ListBlock, markerOf, readList } from "./read-list.ts";
import { readTable, startsTable, type TableBlock } from "./read-table.ts";
import { plainText } from "./plain-text.ts";

/** A line that titles what follows without being a heading: bold and alone, or short and alone in plain text. */
export interface TitleBlock {
  readonly kind: "title";
  readonly text: string;
}

export interface ParagraphBlock {
  readonly kind: "paragraph";
  /** The lines joined by blanks, without marks. */
  readonly text: string;
  /** The lines as they stood, without marks. */
  readonly lines: readonly string[];
}

export type Block = TitleBlock | ParagraphBlock | ListBlock | TableBlock;

/** Splits the lines of one section into paragraphs, lists and tables, in order. */
export function splitBlocks(lines: readonly string[], format: ManualFormat): readonly Block[] {
  const blocks: Block[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    if (line.trim() === "" || isRuleOrFence(line)) {
      index += 1;
      continue;
    }
    const read = startsTable(lines, index, format)
      ? readTable(lines, index, format)
      : markerOf(line) === undefined
        ? readParagraph(lines, index, format)
        : readList(lines, index);
    blocks.push(read.block);
    index = read.next;
  }
  return blocks;
}

function readParagraph(
  lines: readonly string[],
  start: number,
  format: ManualFormat,
): { readonly block: TitleBlock | ParagraphBlock; readonly next: number } {
  const kept: string[] = [];
  let index = start;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    if (line.trim() === "" || isRuleOrFence(line)) break;
    if (index > start) {
      // A wrapped sentence may go on with "350." or "- that": only a first item interrupts it.
      const marker = markerOf(line);
      if (marker !== undefined && (marker.number === undefined ? marker.indent <= 3 : marker.number === 1)) break;
      if (startsTable(lines, index, format)) break;
    }
    kept.push(line.replace(/^ *(?:> ?)+/, ""));
    index += 1;
    if (kept.length === 1 && isTitle(line, lines, index, format)) {
      return { block: { kind: "title", text: plainText(line).replace(/:$/, "") }, next: index };
    }
  }
  const plain = kept.map(plainText).filter((line) => line !== "");
  return { block: { kind: "paragraph", text: plain.join(" "), lines: plain }, next: index };
}

const ADMONITION = /^(?:warning|caution|danger|note|notice|important|tip|attention|hint)\b/i;
const LONGEST_TITLE = 60;
/** `Operating procedures:` right above a list; `Follow these steps:` is a sentence. */
const LABEL = /^\p{Lu}[^.:;,]{2,50}:$/u;
const SENTENCE =
  /^(?:to|if|when|once|after|before|for|you|please|do|use) |\b(?:this|these|following|below|steps|must|should|is|are)\b|(?:\S+ ){6}/i;

function isTitle(line: string, lines: readonly string[], next: number, format: ManualFormat): boolean {
  const text = line.trim();
  const plain = plainText(text);
  if (plain.length > LONGEST_TITLE || ADMONITION.test(plain)) return false;
  const isAlone = (lines[next] ?? "").trim() === "";
  const isAboveList = markerOf(lines[isAlone ? next + 1 : next] ?? "") !== undefined;
  if (!isAlone && !isAboveList) return false;
  if (/^(?:\*\*[^*]+\*\*:?|__[^_]+__:?)$/.test(text)) return true;
  if (isAboveList && LABEL.test(plain) && !SENTENCE.test(plain)) return true;
  return (
    format === "text" && isAlone && /^\p{Lu}/u.test(text) && /[\p{L}\d)]$/u.test(text) && /^[^.:;,°|]+$/.test(text)
  );
}

function isRuleOrFence(line: string): boolean {
  const text = line.trim();
  if (text.startsWith("```") || text.startsWith("~~~")) return true;
  return text.length >= 3 && /^[-*_=~]/.test(text) && /^(?:-[- ]*|\*[* ]*|_[_ ]*|=+|~+)$/.test(text);
}
