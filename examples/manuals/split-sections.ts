import type { ManualFormat } from "./extracted-manual.ts";
import { cut, normalizeText } from "./text/normalize-text.ts";
import { plainText } from "./text/plain-text.ts";
import { type Block, splitBlocks } from "./text/split-blocks.ts";
import { TextHeadings } from "./text/text-headings.ts";

/** A heading and what stands below it, up to the next heading of any level. */
export interface Section {
  /** Without marks and numbering; empty for what stands before the first heading. */
  readonly title: string;
  /** 1 for the topmost; 0 for what stands before the first heading. */
  readonly level: number;
  readonly parent: Section | undefined;
  readonly blocks: readonly Block[];
}

interface Heading {
  readonly title: string;
  readonly level: number;
  /** How many lines it takes, its underline included. */
  readonly lines: number;
}

/** Splits a manual at its headings; the sections come in the order of the text, never nested. */
export function splitSections(text: string, format: ManualFormat = formatOf(text)): readonly Section[] {
  const lines = normalizeText(text).split("\n");
  const textHeadings = format === "text" ? new TextHeadings(lines) : undefined;
  const sections: Section[] = [];
  let heading: Heading = { title: "", level: 0, lines: 0 };
  let body: string[] = [];
  const open: Section[] = [];

  const close = (): void => {
    const blocks = splitBlocks(body, format);
    body = [];
    if (heading.level === 0 && blocks.length === 0) return;
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= heading.level) open.pop();
    const section: Section = { title: heading.title, level: heading.level, parent: open.at(-1), blocks };
    sections.push(section);
    if (heading.level > 0) open.push(section);
  };

  let index = frontMatterLines(lines);
  body.push(...lines.slice(1, Math.max(1, index - 1)));
  let fence: string | undefined;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) fence = fence === undefined ? mark : undefined;
    const found = fence === undefined ? (markedHeading(lines, index) ?? textHeadings?.at(index)) : undefined;
    if (found === undefined) {
      body.push(line);
      index += 1;
      continue;
    }
    close();
    heading = { ...found, title: titleFrom(found.title) };
    index += found.lines;
  }
  close();
  return sections;
}

/** `markdown` when a line begins as a heading of it does. */
export function formatOf(text: string): ManualFormat {
  return /^ {0,3}#{1,6} /m.test(text) ? "markdown" : "text";
}

/** The titles of a section and those above it, outermost first. */
export function pathOf(section: Section): readonly string[] {
  const path: string[] = [];
  for (let at: Section | undefined = section; at !== undefined; at = at.parent)
    if (at.title !== "") path.push(at.title);
  return path.reverse();
}

/** Settings between two lines of `---` at the very top. They are read as lines of text: they may name the machine. */
function frontMatterLines(lines: readonly string[]): number {
  if (lines[0]?.trim() !== "---") return 0;
  const end = lines.slice(1, 60).findIndex((line) => line.trim() === "---");
  return end < 0 ? 0 : end + 2;
}

function markedHeading(lines: readonly string[], index: number): Heading | undefined {
  const line = lines[index] ?? "";
  const hashes = /^ {0,3}(#{1,6})(?: |$)/.exec(line);
  if (hashes !== null) {
    const title = line.slice(hashes[0].length).trim();
    let end = title.length;
    while (title[end - 1] === "#") end -= 1;
    return { title: title.slice(0, end).trim() || title, level: hashes[1]?.length ?? 1, lines: 1 };
  }
  return underlinedHeading(lines, index);
}

const UNDERLINES: Readonly<Record<string, number>> = { "=": 1, "-": 2, "~": 3 };
const MOST_TITLE_LINES = 3;
const LONGEST_TITLE_LINE = 100;

function underlinedHeading(lines: readonly string[], index: number): Heading | undefined {
  if (index > 0 && (lines[index - 1] ?? "").trim() !== "") return undefined;
  for (let count = 0; count <= MOST_TITLE_LINES; count += 1) {
    const line = (lines[index + count] ?? "").trim();
    const level = count > 0 && line.length >= 3 ? UNDERLINES[line[0] ?? ""] : undefined;
    if (level !== undefined && isRepeated(line)) {
      const title = lines.slice(index, index + count).map((part) => part.trim());
      // A rule below a sentence is a rule.
      if (level > 1 && /[.:;,]$/.test(title.at(-1) ?? "")) return undefined;
      return { title: title.join(" "), level, lines: count + 1 };
    }
    if (line === "" || line.length > LONGEST_TITLE_LINE || /^(?:[-*+>|#]|\d{1,3}[.)] .*[.]$)/.test(line))
      return undefined;
  }
  return undefined;
}

function isRepeated(line: string): boolean {
  for (const character of line) if (character !== line[0]) return false;
  return true;
}

/** A longer one is no title; it is repeated with everything below it, so its length must not count each time. */
const LONGEST_TITLE = 300;

function titleFrom(written: string): string {
  return withoutNumber(cut(plainText(written), 0, LONGEST_TITLE)).replace(/ ?:$/, "");
}

/** `3.` and `5.1` and `2 Recipes` lose their number; `50 Recipes` too, `350 °F` does not. */
function withoutNumber(title: string): string {
  return (
    title.replace(/^(?:section |chapter )?(?:\d{1,2}(?:\.\d{1,2}){0,4}[.):]?|[IVX]{1,5}[.)]) +(?=[\p{Lu}"“])/iu, "") ||
    title
  );
}
