import { join } from "node:path";
import type { CampaignOptions } from "./campaign.ts";
import type { GraphUnderTest } from "./graph-under-test.ts";
import type { Kill } from "./kill-schedule.ts";
import type { CampaignResult } from "./report.ts";
import { readAcknowledgements } from "./verify-acknowledgements.ts";
import { checkFile, verifyJournal } from "./verify-journal.ts";
import { verifyLists } from "./verify-lists.ts";

export interface Evidence {
  readonly options: CampaignOptions;
  /** The kills as they were carried out. */
  readonly done: readonly Kill[];
  readonly graph: GraphUnderTest;
  /** The campaign's own file. */
  readonly acknowledgements: string;
  readonly dataDirectory: string;
  readonly resubmitted: number;
  readonly durationSeconds: () => number;
}

/** Reads the graph, the journal and the campaign's file, compares them, and puts the figures together. */
export async function judge(evidence: Evidence): Promise<CampaignResult> {
  const { options, done, graph, dataDirectory } = evidence;
  const acknowledgements = readAcknowledgements(evidence.acknowledgements);
  const lists = verifyLists(acknowledgements, await graph.read());
  const journalFile = join(dataDirectory, "journal.db");
  const journal = verifyJournal(journalFile, acknowledgements.length);
  const files = [journalFile, ...(graph.file === undefined ? [] : [graph.file])].flatMap(checkFile);
  const torn = lists.torn === 0 ? [] : [`lists that are half of a transaction: ${lists.torn}`];
  const faults = [...files, ...journal.faults, ...torn];
  const completed = acknowledgements.filter(({ status }) => status === "completed").length;
  return {
    figures: {
      kills: done.length,
      acked: lists.acknowledged,
      lost: lists.lost,
      doubled: lists.doubled,
      outOfOrder: lists.outOfOrder,
      unexpected: lists.unexpected,
      parked: journal.parked,
      deadLetters: journal.deadLetters,
      integrity: faults.length === 0 ? "ok" : faults.join("; "),
      graph: options.graph,
      seed: options.seed,
      lanes: lists.lanes,
      completed,
      queued: acknowledgements.length - completed,
      resubmitted: evidence.resubmitted,
      replayed: journal.replayed,
      killsByKind: countBy(done.map(({ kind }) => kind)),
      killsByPoint: countBy(done.flatMap(pointOf)),
      outages: graph.outages,
      durationSeconds: Math.round(evidence.durationSeconds() * 10) / 10,
    },
    examples: lists.examples,
  };
}

function pointOf(kill: Kill): readonly string[] {
  if (kill.kind === "point") return [kill.point];
  if (kill.kind === "migration") return [`migration: ${kill.point}`];
  return kill.kind === "startup" && typeof kill.at === "string" ? [`startup: ${kill.at}`] : [];
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
