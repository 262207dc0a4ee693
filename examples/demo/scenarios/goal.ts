import type { ArmFigures } from "./report.ts";

/** A figure that was promised; measured and printed, whether it was reached or not. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly measure: (ours: ArmFigures) => { readonly value: number; readonly limit: number };
  readonly reachedWhen: "at most" | "at least";
}

export function isReached({ measure, reachedWhen }: Goal, ours: ArmFigures): boolean {
  const { value, limit } = measure(ours);
  return reachedWhen === "at most" ? value <= limit : value >= limit;
}
