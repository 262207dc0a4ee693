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
  if (definition === undefined || layout === undefined)
    return <Notice kind="empty">There is no statechart of {actor.machine}.</Notice>;
  return (
    <ChartFrame
      title={actor.id}
      definition={definition}
      layout={layout}
      active={new Set(actor.state)}
      taken={taken}
      holds={holds}
    />
  );
}
