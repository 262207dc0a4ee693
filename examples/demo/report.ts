import type { Cause } from "holdfast";
import type { ModeTransition } from "./messages.ts";

/** What the run came to: the one object of `--json`. Every figure is measured. */
export interface DemoFigures {
  readonly accepted: number;
  readonly completedDirectly: number;
  readonly queued: number;
  readonly drained: number;
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly unknownOutcomes: number;
  readonly replayed: number;
  readonly deepestBacklog: number;
  readonly detectMs: number;
  readonly drainMs: number;
  readonly modes: readonly {
    readonly at: string;
    readonly mode: string;
    readonly from: string;
    readonly to: string;
    readonly cause: Cause;
  }[];
}

/** What is checked and shown beside the figures. */
export interface DemoFindings {
  readonly offered: number;
  readonly failed: number;
  readonly acceptedDuringOutage: number;
  readonly outageMs: number;
  readonly resubmitted: number;
  readonly unexpected: number;
  readonly staleRelations: number;
  readonly missingRelations: number;
  readonly relations: number;
  /** The first few of whatever is wrong, in words. */
  readonly examples: readonly string[];
}

export interface DemoResult {
  readonly figures: DemoFigures;
  readonly findings: DemoFindings;
}

const LEAST_SHARE_DURING_OUTAGE = 0.3;
const FEWEST_SWALLOWED_ANSWERS = 20;

/** What keeps the run from being a proof, one line each; empty when it is one. */
export function shortcomings({ figures, findings }: DemoResult): readonly string[] {
  const mustBeZero = {
    lost: figures.lost,
    doubled: figures.doubled,
    outOfOrder: figures.outOfOrder,
    unexpected: findings.unexpected,
    failed: findings.failed,
    staleRelations: findings.staleRelations,
    missingRelations: findings.missingRelations,
  };
  const { completedDirectly, queued, unknownOutcomes, replayed } = figures;
  return [
    ...Object.entries(mustBeZero).flatMap(([name, value]) =>
      value === 0 ? [] : [`${name} is ${value}, and must be 0.`],
    ),
    ...Object.entries({ completedDirectly, queued, unknownOutcomes, replayed }).flatMap(([name, value]) =>
      value > 0 ? [] : [`${name} is 0: the run did not show it.`],
    ),
    ...(figures.accepted === findings.offered
      ? []
      : [`${findings.offered} were offered, and ${figures.accepted} accepted.`]),
    ...(findings.acceptedDuringOutage >= LEAST_SHARE_DURING_OUTAGE * findings.offered
      ? []
      : [`only ${findings.acceptedDuringOutage} of ${findings.offered} were accepted during the outage.`]),
    ...(unknownOutcomes >= FEWEST_SWALLOWED_ANSWERS || unknownOutcomes === 0
      ? []
      : [`only ${unknownOutcomes} answers of commits were swallowed.`]),
    ...findings.examples,
  ];
}

export const inWords = ({ at, cause, ...transition }: ModeTransition): DemoFigures["modes"][number] => ({
  at: new Date(at).toISOString(),
  ...transition,
  cause,
});
