import { type Entry, rounded } from "./entry.ts";

const HEAD = ["suite", "case", "ours", "unit", "beside", "theirs", "ratio", "promised", "reached"] as const;
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
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (TO_THE_RIGHT.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  const lines = [HEAD, ...rows].map(line);
  return `${lines.join("\n")}\n`;
}

export function toMarkdown(entries: readonly Entry[]): string {
  const rule = HEAD.map((_, column) => (TO_THE_RIGHT.has(column) ? "---:" : "---"));
  return [HEAD, rule, ...entries.map(cells)].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function cells(entry: Entry): string[] {
  const { suite, peerName } = entry;
  if (!("ours" in entry)) return [suite, entry.case, "", "", peerName ?? "", "", "", `absent: ${entry.absent}`, ""];
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
  ];
}

/** `46,180`, `0.31`: three or four digits, whatever the size. */
const readable = (value: number): string => rounded(value).toLocaleString("en", { maximumSignificantDigits: 4 });
