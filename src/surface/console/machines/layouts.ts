import generated from "./layouts.generated.json" with { type: "json" };
import type { MachineLayout } from "./machine-layout.ts";

const layouts: readonly MachineLayout[] = generated.map(({ states, starts, arrows, ...whole }) => ({
  ...whole,
  states,
  starts: starts.map(({ points, ...start }) => ({ ...start, points: points.map(toPoint) })),
  arrows: arrows.map(({ points, ...arrow }) => ({ ...arrow, points: points.map(toPoint) })),
}));

function toPoint([x = 0, y = 0]: readonly number[]): readonly [number, number] {
  return [x, y];
}

/** Where everything of a machine stands; undefined for one that nobody has laid out. */
export const layoutOf = (machine: string): MachineLayout | undefined => layouts.find(({ name }) => name === machine);
