import { type CampaignResult, shortcomings } from "./report.ts";

type Row = readonly [name: string, value: string, meaning: string];

const count = (value: number): string => value.toLocaleString("en-US");

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, times]) => times > 0)
    .map(([name, times]) => `${name} ${times}`)
    .join(" · ");

/** The table at the end: figures in one column, right-aligned, each with what it means. */
export function toTable(result: CampaignResult): string {
  const { figures } = result;
  const groups: readonly (readonly Row[])[] = [
    [
      ["kills", count(figures.kills), "lives of the service that SIGKILL ended"],
      ["acknowledged", count(figures.acked), `over ${count(figures.lanes)} lanes, and lists without a lane`],
      ["completed", count(figures.completed), "told after the graph's commit"],
      ["queued", count(figures.queued), "told when on disk"],
      ["submitted again", count(figures.resubmitted), "under the same key, for want of an answer"],
      ["replayed", count(figures.replayed), "found their receipt, and applied nothing twice"],
    ],
    [
      ["lost", count(figures.lost), "acknowledged, and not in the graph"],
      ["doubled", count(figures.doubled), "in the graph more than once"],
      ["out of order", count(figures.outOfOrder), "behind one of their lane accepted later"],
      ["unexpected", count(figures.unexpected), "in the graph, and never acknowledged"],
      ["parked", count(figures.parked), "waiting behind a dead letter"],
      ["integrity", figures.integrity === "ok" ? "ok" : "broken", "the files, and the journal's books"],
    ],
  ];
  const rows = groups.flat();
  const names = Math.max(...rows.map(([name]) => name.length));
  const values = Math.max(...rows.map(([, value]) => value.length));
  const blocks = groups.map((group) =>
    group.map(([name, value, meaning]) => `  ${name.padEnd(names)}  ${value.padStart(values)}  ${meaning}`).join("\n"),
  );
  const kinds = [figures.killsByKind, figures.killsByPoint, figures.outages].map(listed).filter((line) => line !== "");
  const verdict =
    shortcomings(result).length === 0
      ? `${count(figures.acked)} acknowledged over ${figures.kills} kills, 0 lost, 0 doubled, 0 out of order.`
      : "This campaign has found something; see below.";
  return `\n${blocks.join("\n\n")}\n\n${kinds.map((line) => `  ${line}`).join("\n")}\n\n  ${verdict} ${figures.graph} graph, seed ${figures.seed}, ${figures.durationSeconds} s\n`;
}
