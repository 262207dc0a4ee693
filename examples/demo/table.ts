import { inLines } from "./in-lines.ts";
import { type DemoResult, shortcomings } from "./report.ts";

/** Fits a terminal of the usual width. */
const LINE_LENGTH = 96;

type Row = readonly [name: string, value: string, meaning: string];

const count = (value: number): string => value.toLocaleString("en-US");
const duration = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;

/** The table at the end: figures in one column, right-aligned, each with what it means. */
export function toTable(result: DemoResult): string {
  const { figures, findings } = result;
  const share = Math.floor((findings.acceptedDuringOutage / figures.accepted) * 100);
  const groups: readonly (readonly Row[])[] = [
    [
      ["accepted", count(figures.accepted), "on disk before anything of them ran"],
      ["completed directly", count(figures.completedDirectly), "the caller was told of the commit"],
      ["queued", count(figures.queued), "answered at once, executed later"],
      ["drained", count(figures.drained), "queued ones that have completed since"],
      ["refused", count(figures.refused), "turned away"],
    ],
    [
      ["graph away", duration(findings.outageMs), `${share} % of the load was accepted meanwhile`],
      ["detected after", duration(figures.detectMs), "from the cut to the first snapshot that queues"],
      ["deepest backlog", count(figures.deepestBacklog), "waiting at once"],
      ["drained after", duration(figures.drainMs), "from the graph's return to the verified drain"],
      ["answers swallowed", count(figures.unknownOutcomes), "commits made, and nobody was told"],
      ["replayed", count(figures.replayed), "found their receipt, and applied nothing twice"],
      ["submitted again", count(findings.resubmitted), "by callers without an answer, under the same key"],
    ],
    [
      ["lost", count(figures.lost), "acknowledged, and not in the graph"],
      ["doubled", count(figures.doubled), "in the graph more than once"],
      ["out of order", count(figures.outOfOrder), "behind one of their lane accepted later"],
      [
        "stale relations",
        count(findings.staleRelations),
        `of ${count(findings.relations)}: left over from an older revision`,
      ],
    ],
  ];
  const rows = groups.flat();
  const [names, values] = [
    Math.max(...rows.map(([name]) => name.length)),
    Math.max(...rows.map(([, value]) => value.length)),
  ];
  const blocks = groups.map((group) =>
    group.map(([name, value, meaning]) => `  ${name.padEnd(names)}  ${value.padStart(values)}  ${meaning}`).join("\n"),
  );
  return `\n${blocks.join("\n\n")}\n\n${modesTable(result)}\n\n  ${verdict(result)}\n`;
}

/** When the modes changed, and why. What `normal` does follows from the others. */
function modesTable({ figures: { modes } }: DemoResult): string {
  const steps = modes
    .filter(({ mode }) => mode !== "normal")
    .map(({ at, mode, from, to, cause }) => ({
      start: `  ${at.slice(11, 23)}  ${mode}: ${from} → ${to}`,
      why: cause.what,
    }));
  const width = Math.max(0, ...steps.map(({ start }) => start.length));
  return steps
    .map(
      ({ start, why }) =>
        `${start.padEnd(width)}  ${inLines(why, LINE_LENGTH - width - 2).join(`\n${" ".repeat(width + 2)}`)}`,
    )
    .join("\n");
}

function verdict(result: DemoResult): string {
  if (shortcomings(result).length > 0) return "This run proves nothing; see below.";
  return `${count(result.figures.accepted)} accepted, 0 lost, 0 doubled, 0 out of order: read from the graph itself.`;
}
