import { cut } from "../text/normalize-text.ts";
import type { ListBlock } from "../text/read-list.ts";
import type { TableBlock } from "../text/read-table.ts";

export interface StepText {
  /** The item, row or section it was read from; known by identity. */
  readonly source: object;
  readonly text: string;
}

export function stepsOfList(list: ListBlock): readonly StepText[] {
  return list.items.map((item) => ({ source: item, text: item.text }));
}

/** The title of a column is repeated in each step. */
const LONGEST_TITLE = 200;
const STEP_COLUMN = /^(?:step|steps|step no\.?|#|no\.?|nr\.?)$/i;
const ACTION_COLUMN = /^(?:action|actions|what to do|instructions?|task|procedure|do this|description|activity|step)$/i;

/** The rows of a table with a column of steps; none when it has no such column. */
export function stepsOfTable(table: TableBlock): readonly StepText[] {
  const [first = ""] = table.header;
  if (!STEP_COLUMN.test(first.trim()) || table.header.length < 2) return [];
  const isNumbered = table.rows.every(
    ([cell = ""], index) => Number.parseInt(cell, 10) === index + 1 || /^step \d+$/i.test(cell),
  );
  const isTitled = /^step/i.test(first.trim());
  const named = table.header.findIndex((cell, column) => column > 0 && ACTION_COLUMN.test(cell.trim()));
  // "#" and "No." also number parts and error codes: only a column of actions makes steps of them.
  if (!isTitled && (named < 0 || !isNumbered)) return [];
  const action = named > 0 ? named : isNumbered ? 1 : 0;
  return table.rows.flatMap((row) => {
    const text = row[action] ?? "";
    if (text === "") return [];
    const others = row.flatMap((cell, column) => {
      const isNumber = column === 0 && isNumbered;
      if (column === action || isNumber || cell === "" || cell === "–" || cell === "-") return [];
      const title = cut(table.header[column] ?? "", 0, LONGEST_TITLE);
      return [title === "" ? cell : `${title}: ${cell}`];
    });
    return [{ source: row, text: [text, ...others].join(text.endsWith(".") ? " " : ". ") }];
  });
}
