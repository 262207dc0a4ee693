import type { GraphUnderTest } from "./graph-under-test.ts";
import { GRAPH_NAMES } from "./graph-names.ts";
import { type DemoResult, inWords } from "./report.ts";
import type { Outage } from "./take-graph-away.ts";
import { readAcknowledgements } from "./verify-acknowledgements.ts";
import { verifyLists } from "./verify-lists.ts";
import { verifyRelations } from "./verify-relations.ts";
import type { Heard } from "./watch.ts";
import type { Workload } from "./workload.ts";

export interface Evidence {
  readonly workload: Workload;
  readonly outage: Outage;
  /** The load's own file. */
  readonly acknowledgements: string;
  readonly heard: Heard;
  readonly graph: GraphUnderTest;
  readonly swallowed: number;
}

/** Reads the graph and the load's file, compares them, and puts the figures together. */
export async function judge({
  workload,
  outage,
  acknowledgements: file,
  heard,
  graph,
  swallowed,
}: Evidence): Promise<DemoResult> {
  const { documentIds, settings } = workload;
  const acknowledgements = readAcknowledgements(file);
  const reading = await graph.read({ runId: settings.runId, documentIds, ...GRAPH_NAMES });
  const lists = verifyLists(acknowledgements, reading.lists);
  const relations = verifyRelations(workload.expectedRelations(), reading.relations);
  const count = (status: string): number => acknowledgements.filter((row) => row.status === status).length;
  const { service, load, queuesAt, drainsVerifiedAt, modes } = heard;
  const firstAfter = (times: readonly number[], since: number): number =>
    (times.find((at) => at >= since) ?? Number.NaN) - since;

  return {
    figures: {
      accepted: acknowledgements.length,
      completedDirectly: count("completed"),
      queued: count("queued"),
      drained: service?.drained ?? 0,
      refused: load?.refused ?? 0,
      lost: lists.lost,
      doubled: lists.doubled,
      outOfOrder: lists.outOfOrder,
      unknownOutcomes: swallowed,
      replayed: service?.replayed ?? 0,
      deepestBacklog: service?.deepestBacklog ?? 0,
      detectMs: firstAfter(queuesAt, outage.cutAt),
      drainMs: firstAfter(drainsVerifiedAt, outage.restoredAt),
      modes: modes.map(inWords),
    },
    findings: {
      offered: settings.operations,
      failed: count("failed") + (service?.failed ?? 0),
      acceptedDuringOutage: acknowledgements.filter(({ at }) => at >= outage.cutAt && at < outage.restoredAt).length,
      outageMs: outage.restoredAt - outage.cutAt,
      resubmitted: load?.resubmitted ?? 0,
      unexpected: lists.unexpected,
      staleRelations: relations.stale,
      missingRelations: relations.missing,
      relations: reading.relations.length,
      examples: [...lists.examples, ...relations.examples],
    },
  };
}
