import { type Entry, type MeasuredEntry, rounded } from "./entry.ts";

const HEAD = ["suite", "case", "ours", "unit", "beside", "theirs", "ratio", "promised", "reached", "remark"] as const;
/** Of HEAD, what is a figure and stands to the right. */
const TO_THE_RIGHT = new Set<number>([2, 5, 6]);

/** For a terminal: columns line up, and a suite is named once. */
export function toTable(entries: readonly Entry[]): string {
  let above: string | undefined;
  const rows = entries.map((entry) => {
    const [suite, ...rest] = cells(entry);
    const named = suite === above ? "" : suite!;
    above = suite;
    return [named, ...rest];
  });
  // The last column is prose.
  const widths = HEAD.slice(0, -1).map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell[TO_THE_RIGHT.has(column) ? "padStart" : "padEnd"](widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = [HEAD, ...rows].map(line);
  return `${lines.join("\n")}\n${quickRemark(entries)}`;
}

/** For docs/performance.md, with the machine and the moment. */
export function toMarkdown(entries: readonly Entry[], machine: string): string {
  const rule = HEAD.map((_, column) => (TO_THE_RIGHT.has(column) ? "---:" : "---"));
  const table = [HEAD, rule, ...entries.map(cells)].map((row) => `| ${row.join(" | ")} |\n`).join("");
  return `${new Date().toISOString().slice(0, 10)}, ${machine}\n\n${table}${quickRemark(entries)}`;
}

function cells(entry: Entry): string[] {
  const { suite, peerName } = entry;
  if (!("ours" in entry)) return [suite, entry.case, "", "", peerName ?? "", "", "", "", "", `absent: ${entry.absent}`];
  const { ours, unit, peer, ratio, goal = "", reached } = entry;
  return [
    suite,
    entry.case,
    readable(ours),
    unit,
    peerName ?? "",
    peer === null ? "" : readable(peer),
    ratio === null ? "" : readable(ratio),
    goal,
    reached === undefined ? "" : reached ? "yes" : "no",
    remarks(entry),
  ];
}

/** Above this, the rest of the machine may have had a part in the figure. */
const MANY_FOREIGN_CORES = 0.25;

function quickRemark(entries: readonly Entry[]): string {
  return entries.some(({ quick }) => quick === true)
    ? "\n--quick: shows that it runs, and says nothing about speed.\n"
    : "";
}

function remarks({ note, foreignCores = 0 }: MeasuredEntry): string {
  const busy = foreignCores > MANY_FOREIGN_CORES ? `other processes used ${foreignCores} cores` : undefined;
  return [note, busy].filter((remark) => remark !== undefined).join("; ");
}

/** `46,180`, `0.31`: three or four digits, whatever the size. */
const readable = (value: number): string => rounded(value).toLocaleString("en", { maximumSignificantDigits: 4 });
