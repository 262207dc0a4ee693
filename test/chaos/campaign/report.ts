import type { Outage } from "./kill-schedule.ts";

/** What the campaign came to: the one object of `--json`. Every figure is measured. */
export interface CampaignFigures {
  /** Lives of the service that SIGKILL ended. */
  readonly kills: number;
  /** Operations that were answered `completed` or `queued`. */
  readonly acked: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** In the graph without an acknowledgement, when everything has been acknowledged. */
  readonly unexpected: number;
  readonly parked: number;
  readonly deadLetters: number;
  /** `ok`, or what is wrong with the files and the books. */
  readonly integrity: string;
  readonly graph: "embedded" | "neo4j";
  readonly seed: number;
  /** Lanes with at least one operation. */
  readonly lanes: number;
  readonly completed: number;
  readonly queued: number;
  /** Submits under the same key, because the life before had not told of an acknowledgement. */
  readonly resubmitted: number;
  /** Operations that found their receipt: their effect had happened in an attempt that could not tell. */
  readonly replayed: number;
  readonly killsByKind: Readonly<Record<string, number>>;
  readonly killsByPoint: Readonly<Record<string, number>>;
  /** How often the graph was taken away; `server`: by SIGKILL of Neo4j. */
  readonly outages: Readonly<Record<Outage, number>>;
  readonly durationSeconds: number;
}

export interface CampaignResult {
  readonly figures: CampaignFigures;
  /** The first few of whatever is wrong, in words. */
  readonly examples: readonly string[];
}

/** What keeps the campaign from being a proof, one line each; empty when it is one. */
export function shortcomings({ figures, examples }: CampaignResult): readonly string[] {
  const { lost, doubled, outOfOrder, unexpected, parked, deadLetters } = figures;
  return [
    ...Object.entries({ lost, doubled, outOfOrder, unexpected, parked, deadLetters }).flatMap(([name, value]) =>
      value === 0 ? [] : [`${name} is ${value}, and must be 0.`],
    ),
    ...(figures.integrity === "ok" ? [] : [`integrity: ${figures.integrity}`]),
    ...examples,
  ];
}
