/** Longer lines are sentences. */
const LONGEST_HEADING = 64;
const NUMBERED = /^(?:section |chapter )?(\d{1,2}(?:\.\d{1,2}){0,3})[.):]? +(\S.*)$/i;

interface TextHeading {
  readonly title: string;
  readonly level: number;
  readonly lines: 1;
}

/**
 * Headings of plain text that carry no mark: `4. CLEANING`, `4.1 Filters`, `CLEANING`. A number alone could as well
 * begin an item of a list; what stands before and after the line decides. To be asked line by line, in order.
 */
export class TextHeadings {
  readonly #lines: readonly string[];
  /** The number of the last heading without a dot. */
  #chapter = 0;
  #seen = false;
  /** The last line with something on it. */
  #previous = "";

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  at(index: number): TextHeading | undefined {
    const line = (this.#lines[index] ?? "").trimEnd();
    const heading = this.#read(line, index);
    if (line !== "") this.#previous = line;
    if (heading !== undefined) this.#seen = true;
    return heading;
  }

  #read(line: string, index: number): TextHeading | undefined {
    if (line === "" || line.length > LONGEST_HEADING || /^\s|[.:;,]$| {3}/.test(line)) return undefined;
    if (index > 0 && (this.#lines[index - 1] ?? "").trim() !== "") return undefined;
    const capitals = isCapitals(line);
    const numbered = NUMBERED.exec(line);
    const number = numbered?.[1];
    if (number !== undefined) {
      const parts = number.split(".").map(Number);
      if (!capitals && !this.#isHeading(parts, index)) return undefined;
      if (parts.length === 1) this.#chapter = parts[0] ?? 0;
      return { title: line, level: parts.length + 1, lines: 1 };
    }
    if (capitals) return { title: line, level: this.#seen ? 2 : 1, lines: 1 };
    return undefined;
  }

  #isHeading(parts: readonly number[], index: number): boolean {
    const last = parts.at(-1) ?? 0;
    const next = numbersOf(this.#next(index));
    // The next item of the same list follows, with nothing between.
    if (next !== undefined && next.length === parts.length && next.at(-1) === last + 1) return false;
    if (parts.length > 1) return true;
    const before = numbersOf(this.#previous);
    const endsList = before?.length === 1 && before[0] === last - 1;
    // "4. Cleaning" after the third item of a list: a heading only if it goes on from the last one, and the items are sentences.
    if (endsList) return last === this.#chapter + 1 && this.#previous.endsWith(".");
    return (this.#lines[index + 1] ?? "").trim() === "";
  }

  #next(index: number): string {
    for (let at = index + 1; at < Math.min(index + 4, this.#lines.length); at += 1) {
      const line = (this.#lines[at] ?? "").trim();
      if (line !== "") return line;
    }
    return "";
  }
}

function numbersOf(line: string): readonly number[] | undefined {
  return NUMBERED.exec(line.trim().slice(0, 200))?.[1]?.split(".").map(Number);
}

function isCapitals(line: string): boolean {
  const letters = line.replace(/[^\p{L}]/gu, "");
  return letters.length >= 4 && letters === letters.toUpperCase() && letters !== letters.toLowerCase();
}
