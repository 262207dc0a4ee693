import { plainText } from "./plain-text.ts";

export interface ListItem {
  /** Its text without marks; what is nested in it follows, joined by blanks. */
  readonly text: string;
  /** The printed number; undefined for bullets. */
  readonly number: number | undefined;
}

export interface ListBlock {
  readonly kind: "list";
  readonly ordered: boolean;
  readonly items: readonly ListItem[];
}

interface Marker {
  readonly indent: number;
  /** Items of one list have one style. */
  readonly style: "bullet" | "dot" | "parenthesis" | "step" | "letter";
  readonly number: number | undefined;
  readonly text: string;
}

const BULLET = /^( *)[-*+•◦▪‣–—] +(?:\[[ xX]\] +)?(\S.*)$/;
const NUMBER = /^( *)(?:\*\*|__)?\(?(\d{1,3})([.)])(?:\*\*|__)? +(\S.*)$/;
const STEP = /^( *)(?:[-*+•] )?(?:\*\*|__)?step (\d{1,3})(?:\*\*|__)? *[.:)–—-] *(?:\*\*|__)? *(\S.*)$/i;
const LETTER = /^( *)\(?([a-z])[.)] +(\S.*)$/;

/** The sign that begins an item of a list, if the line begins with one. */
export function markerOf(line: string): Marker | undefined {
  const step = STEP.exec(line);
  if (step !== null)
    return { indent: step[1]?.length ?? 0, style: "step", number: Number(step[2]), text: step[3] ?? "" };
  const bullet = BULLET.exec(line);
  if (bullet !== null)
    return { indent: bullet[1]?.length ?? 0, style: "bullet", number: undefined, text: bullet[2] ?? "" };
  const number = NUMBER.exec(line);
  if (number !== null) {
    const style = number[3] === "." ? "dot" : "parenthesis";
    return { indent: number[1]?.length ?? 0, style, number: Number(number[2]), text: number[4] ?? "" };
  }
  const letter = LETTER.exec(line);
  if (letter === null) return undefined;
  const position = (letter[2]?.charCodeAt(0) ?? 0) - 96;
  return { indent: letter[1]?.length ?? 0, style: "letter", number: position, text: letter[3] ?? "" };
}

/** Reads the list that begins at a line with a marker. Nested lists and paragraphs become text of their item. */
export function readList(
  lines: readonly string[],
  start: number,
): { readonly block: ListBlock; readonly next: number } {
  const first = markerOf(lines[start] ?? "");
  if (first === undefined) throw new Error("readList was given a line without a marker.");
  const items: { number: number | undefined; parts: string[] }[] = [{ number: first.number, parts: [first.text] }];
  let afterBlank = false;
  let index = start + 1;
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line.trim() === "") {
      afterBlank = true;
      continue;
    }
    const indent = line.length - line.trimStart().length;
    const isNested = indent >= first.indent + 2;
    if (/^ *(?:---|===|___|```|~~~)/.test(line)) {
      if (!isNested) break;
      continue;
    }
    const marker = markerOf(line);
    if (marker !== undefined && !isNested) {
      const last = items.at(-1)?.number ?? 0;
      // Numbers that begin anew are another list, except where every item is written as "1."
      if (marker.style !== first.style || (marker.number === 1 && last > 1)) break;
      items.push({ number: marker.number, parts: [marker.text] });
    } else {
      const isLazy = !afterBlank && indent >= first.indent && !/^[|>#]|^(?:\*\*|__)/.test(line.trim());
      if (!isNested && !isLazy) break;
      items.at(-1)?.parts.push(marker?.text ?? line.trim().replace(/^(?:> ?)+/, ""));
    }
    afterBlank = false;
  }
  const block: ListBlock = {
    kind: "list",
    ordered: first.number !== undefined,
    items: items.map(({ number, parts }) => ({ number, text: parts.map(plainText).join(" ") })),
  };
  return { block, next: index };
}
