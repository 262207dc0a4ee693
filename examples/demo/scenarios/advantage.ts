import type { Priority } from "holdfast";
import type { ArmFigures } from "./report.ts";
import type { Phase } from "./phase.ts";

/** A measured figure in which a service with Holdfast must beat the same service without it. */
export interface Advantage {
  readonly what: string;
  /** Why this is what counts in this scenario. */
  readonly why: string;
  readonly better: "more" | "less";
  readonly unit: "%" | "ms" | "/s" | "";
  readonly measure: (figures: ArmFigures) => number;
}

const DURING_AND_AFTER = ["during", "after"] as const;

const sum = (figures: ArmFigures, of: (phase: ArmFigures["before"]) => number, phases: readonly Phase[]): number =>
  phases.reduce((total, phase) => total + of(figures[phase]), 0);

/** Of all orders since the disturbance began, those that are in the graph in the end. */
export const moreInGraph = (why: string): Advantage => ({
  what: "orders in the graph in the end",
  why,
  better: "more",
  unit: "%",
  measure: (figures) =>
    (100 * sum(figures, ({ inGraph }) => inGraph, DURING_AND_AFTER)) /
    Math.max(
      1,
      sum(figures, ({ orders }) => orders, DURING_AND_AFTER),
    ),
});

/** Of all calls since the disturbance began, those that were told a failure or got no answer. */
export const fewerFailures = (why: string): Advantage => ({
  what: "calls that failed",
  why,
  better: "less",
  unit: "%",
  measure: (figures) =>
    (100 * sum(figures, ({ failed }) => failed, DURING_AND_AFTER)) /
    Math.max(
      1,
      sum(figures, ({ offered }) => offered, DURING_AND_AFTER),
    ),
});

/** The same for one priority, during the disturbance. */
export const fewerFailuresOf = (priority: Priority, why: string): Advantage => ({
  what: `${priority} calls that failed`,
  why,
  better: "less",
  unit: "%",
  measure: ({ during }) =>
    (100 * during.byPriority[priority].failed) / Math.max(1, during.byPriority[priority].offered),
});

export const fasterAnswersOf = (priority: Priority, why: string): Advantage => ({
  what: `${priority} p99 during`,
  why,
  better: "less",
  unit: "ms",
  measure: ({ during }) => during.byPriority[priority].latencyMs.p99,
});

/** Effects that appeared in the graph per second, from the disturbance's beginning to the end. */
export const moreGoodput = (why: string): Advantage => ({
  what: "goodput since the disturbance began",
  why,
  better: "more",
  unit: "/s",
  measure: (figures) =>
    sum(figures, ({ goodputPerSecond, seconds }) => goodputPerSecond * seconds, DURING_AND_AFTER) /
    Math.max(
      1,
      sum(figures, ({ seconds }) => seconds, DURING_AND_AFTER),
    ),
});

export const fewerRestarts = (why: string): Advantage => ({
  what: "times the process died",
  why,
  better: "less",
  unit: "",
  measure: ({ restarts }) => restarts,
});

/** Whether the figure is better with Holdfast. Equal is not better. */
export const holds = ({ better, measure }: Advantage, ours: ArmFigures, control: ArmFigures): boolean =>
  better === "more" ? measure(ours) > measure(control) : measure(ours) < measure(control);
