import type { Priority } from "holdfast";
import type { inWords } from "../report.ts";
import type { CallFigures } from "./call-figures.ts";

/** What callers saw in one phase, and what became of it in the graph. */
export interface PhaseFigures extends CallFigures {
  readonly seconds: number;
  /** Calls that are meant for the graph. */
  readonly orders: number;
  /** Of these, those that are in the graph in the end. */
  readonly inGraph: number;
  /** Orders that appeared in the graph while the phase lasted, per second. */
  readonly goodputPerSecond: number;
  readonly byPriority: Readonly<Record<Priority, CallFigures>>;
}

/** One run of a scenario's load, with Holdfast or without. */
export interface ArmFigures {
  /** Acknowledged as completed or queued, and not in the graph. */
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** In the graph, though its caller was told that it had failed, or nothing. */
  readonly unexpected: number;
  /** The service's process died and was started again so often. */
  readonly restarts: number;
  readonly before: PhaseFigures;
  readonly during: PhaseFigures;
  readonly after: PhaseFigures;
}

/** The one object of `--json`. */
export interface ScenarioFigures extends Omit<ArmFigures, "unexpected" | "restarts"> {
  readonly scenario: string;
  readonly timeScale: number;
  readonly transitions: readonly ReturnType<typeof inWords>[];
  /** The same load on the same handlers without Holdfast; null without `--control`. */
  readonly control: ArmFigures | null;
}

export interface ScenarioResult {
  readonly figures: ScenarioFigures;
  readonly ours: ArmFigures;
  readonly findings: {
    readonly stillInForce: string;
    readonly deadLetters: number;
    readonly breakerOpenings: number;
    readonly lowestLimit: number;
    readonly highestHeapShare: number;
    readonly pages: readonly string[];
    /** The first few of whatever is wrong, in words. */
    readonly examples: readonly string[];
  };
}
