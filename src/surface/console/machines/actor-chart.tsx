import { useMemo } from "preact/hooks";
import { Notice } from "../parts/notice.tsx";
import { ChartFrame } from "./chart-frame.tsx";
import { layoutOf } from "./layouts.ts";
import type { ActorView, MachineDefinition, TakenEdge } from "./machine-data.ts";

const NOTHING: ReadonlyMap<string, boolean> = new Map();

/** The statechart of one actor with its active states lit. */
export function ActorChart({
  actor,
  definition,
  taken,
  holds = NOTHING,
}: {
  readonly actor: ActorView;
  readonly definition: MachineDefinition | undefined;
  readonly taken: TakenEdge | undefined;
  readonly holds?: ReadonlyMap<string, boolean | "depends on the event">;
}) {
  const layout = layoutOf(actor.machine);
  const lit = actor.state.join(" ");
  // Other actors move far more often than this one: its chart is drawn anew only when something in it is different.
  return useMemo(
    () =>
      definition === undefined || layout === undefined ? (
        <Notice kind="empty">There is no statechart of {actor.machine}.</Notice>
      ) : (
        <ChartFrame
          title={actor.id}
          definition={definition}
          layout={layout}
          active={new Set(actor.state)}
          taken={taken}
          holds={holds}
        />
      ),
    [actor.id, lit, definition, taken?.edge, taken?.key, holds],
  );
}
