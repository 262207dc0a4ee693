import { plainText } from "./plain-text.ts";
import { type Paint, painted, type Screen } from "./screen.ts";
import { cutTo, inLines, padEnd, padStart, textWidth } from "./text-width.ts";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Figures stand to the right. */
  readonly align?: "right";
  readonly paint?: (row: Row) => Paint | undefined;
  /** Gives way where the terminal is narrow; the last such column first. */
  readonly gives?: boolean;
}

const GAP = "   ";
const ROOMY = 100;
const EMPTY: ReadonlySet<string> = new Set(["", "–"]);
/** A column that gives way keeps this much. */
const NARROWEST = 8;
/** What every column keeps on the narrowest terminal. */
const NARROWEST_OF_ALL = 2;

/** Lines that line up. Text of others is made plain; on a terminal no line is longer than it is wide. */
export function tableLines<Row>(
  given: readonly Column<Row>[],
  rows: readonly Row[],
  screen: Screen,
): readonly string[] {
  // Where there is little room a column that says nothing has none.
  const columns =
    screen.columns < ROOMY ? given.filter(({ text }) => rows.some((row) => !EMPTY.has(text(row)))) : given;
  const cells = rows.map((row) => columns.map(({ text }) => plainText(text(row))));
  const widths = columns.map(({ title }, place) =>
    Math.max(textWidth(title), ...cells.map((line) => textWidth(line[place] ?? ""))),
  );
  narrow(columns, widths, screen.columns);
  const line = (texts: readonly string[], paintOf: (column: Column<Row>) => Paint | undefined): string =>
    columns
      .map((column, place) => {
        const width = widths[place] ?? 0;
        const text = cutTo(texts[place] ?? "", width);
        const isLast = place === columns.length - 1;
        const padded = column.align === "right" ? padStart(text, width) : isLast ? text : padEnd(text, width);
        return painted(screen, paintOf(column), padded);
      })
      .join(GAP)
      .trimEnd();
  const heads = columns.map(({ title }) => title);
  return [line(heads, () => "dim"), ...rows.map((row, place) => line(cells[place] ?? [], ({ paint }) => paint?.(row)))];
}

function narrow<Row>(columns: readonly Column<Row>[], widths: number[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1) - available;
  const giving = columns.flatMap(({ gives }, place) => (gives === true ? [place] : [])).toReversed();
  const all = [...columns.keys()];
  for (const [places, narrowest] of [
    [giving, NARROWEST],
    [all, NARROWEST],
    [all, NARROWEST_OF_ALL],
  ] as const)
    for (const place of places) {
      if (excess <= 0) return;
      const width = widths[place] ?? 0;
      const given = Math.min(excess, Math.max(0, width - narrowest));
      widths[place] = width - given;
      excess -= given;
    }
}

/** `name   value` lines, for one thing. */
export function factLines(
  facts: readonly (readonly [name: string, value: string | undefined, paint?: Paint | undefined])[],
  screen: Screen,
): readonly string[] {
  const told = facts.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(0, ...told.map(([name]) => textWidth(name)));
  return told.flatMap(([name, value = "", paint]) => {
    const lines = inLines(plainText(value), Math.max(NARROWEST, screen.columns - width - GAP.length));
    return lines.map(
      (line, place) =>
        `${painted(screen, "dim", padEnd(place === 0 ? name : "", width))}${GAP}${painted(screen, paint, line)}`,
    );
  });
}
