const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** East Asian wide and full-width, and what is drawn as a picture: two cells each. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})|\ufe0f/u;
const NOTHING = /^\p{M}+$/u;

const cellsOf = (grapheme: string): number => (NOTHING.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1);

/** How many cells of a terminal a plain text takes. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of GRAPHEMES.segment(text)) cells += cellsOf(segment);
  return cells;
}

/** The text in at most so many cells; what is cut is told by `…`. */
export function cutTo(text: string, cells: number): string {
  if (textWidth(text) <= cells) return text;
  let used = 0;
  let kept = "";
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += cellsOf(segment);
    if (used > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

export const padEnd = (text: string, cells: number): string => text + " ".repeat(Math.max(0, cells - textWidth(text)));

export const padStart = (text: string, cells: number): string =>
  " ".repeat(Math.max(0, cells - textWidth(text))) + text;

/** The text in lines of at most so many cells, broken between words where that goes. */
export function inLines(text: string, cells: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > cells) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (textWidth(line) > cells) {
      const head = cutTo(line, cells + 1).slice(0, -1);
      const part = head === "" ? (line[Symbol.iterator]().next().value ?? "") : head;
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, line];
}
