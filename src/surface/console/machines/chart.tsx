import { inWords } from "./edge-words.ts";
import { arrowHead, roundedPath } from "./chart-path.ts";
import type { MachineDefinition, MachineState, TakenEdge } from "./machine-data.ts";
import { ANY_STATE, type ArrowLayout, LINE_HEIGHT, type MachineLayout, type StateLayout } from "./machine-layout.ts";

export interface ChartProps {
  readonly definition: MachineDefinition;
  readonly layout: MachineLayout;
  /** The ids of the active states. */
  readonly active: ReadonlySet<string>;
  readonly taken: TakenEdge | undefined;
  /** What the guards of edges say now, for those that leave an active state; others are absent. */
  readonly holds: ReadonlyMap<string, boolean | "depends on the event">;
  /** The reader looks at a state: it is hovered or has the focus. */
  readonly look: (state: string | undefined) => void;
}

/** One statechart, from top to bottom: boxes, arrows, labels. What surrounds it moves and scales it. */
export function Chart({ definition, layout, active, taken, holds, look }: ChartProps) {
  const known = new Map(definition.states.map((state) => [state.id, state]));
  const parents = new Set(definition.states.map(({ parent }) => parent));
  const [outer, inner] = [
    layout.states.filter(({ id }) => parents.has(id)),
    layout.states.filter(({ id }) => !parents.has(id)),
  ];
  const draw = (box: StateLayout, isCompound: boolean) => (
    <StateBox
      key={box.id}
      box={box}
      state={known.get(box.id)}
      isActive={active.has(box.id)}
      isCompound={isCompound}
      look={look}
    />
  );
  return (
    <>
      {outer.map((box) => draw(box, true))}
      {layout.starts.map(({ to, x, y, points }) => (
        <g key={to} class="statechart-start" aria-hidden="true">
          <circle cx={x} cy={y} r="5" />
          <path d={roundedPath(points)} />
          <polygon points={arrowHead(points)} />
        </g>
      ))}
      {layout.arrows.map((arrow) => (
        <Arrow
          key={`${arrow.from}>${arrow.to}`}
          arrow={arrow}
          isOpen={active.has(arrow.from) || (arrow.from === ANY_STATE && active.size > 0)}
          taken={arrow.lines.some(({ edge }) => edge === taken?.edge) ? taken : undefined}
          holds={holds}
        />
      ))}
      {/* Arrows lead through the boxes that hold others: their names come after. */}
      {outer.map(({ id, x, y }) => (
        <text key={id} class="statechart-name is-outer" x={x + 14} y={y + 21} aria-hidden="true">
          {nameOf(id)}
        </text>
      ))}
      {inner.map((box) => draw(box, false))}
    </>
  );
}

const nameOf = (id: string): string => (id === ANY_STATE ? "any state" : (id.split(".").at(-1) ?? id));

function StateBox({
  box: { id, x, y, width, height },
  state,
  isActive,
  isCompound,
  look,
}: {
  readonly box: StateLayout;
  readonly state: MachineState | undefined;
  readonly isActive: boolean;
  readonly isCompound: boolean;
  readonly look: ChartProps["look"];
}) {
  const name = nameOf(id);
  const runs = (state?.invokes ?? []).map(inWords).join(", ");
  const nameY = y + (runs === "" ? height / 2 + 5 : height / 2 - 3);
  const nameX = x + width / 2;
  return (
    <g
      class={`statechart-state${isActive ? " is-active" : ""}${isCompound ? " is-compound" : ""}${id === ANY_STATE ? " is-any" : ""}`}
      data-state={id}
      role="img"
      aria-label={`${name}${isActive ? ", active now" : ""}${state?.final === true ? ", final" : ""}. ${state?.description ?? ""}`}
      tabIndex={0}
      onFocus={() => look(id)}
      onBlur={() => look(undefined)}
      onPointerEnter={() => look(id)}
      onPointerLeave={() => look(undefined)}
    >
      <rect class="statechart-box" x={x} y={y} width={width} height={height} rx="9" />
      {state?.final === true && (
        <rect class="statechart-ring" x={x + 4} y={y + 4} width={width - 8} height={height - 8} rx="6" />
      )}
      {isActive && <circle class="statechart-lit" cx={x + width - 2} cy={y + 2} r="5" />}
      {!isCompound && (
        <text class="statechart-name" x={nameX} y={nameY} text-anchor="middle">
          {name}
        </text>
      )}
      {runs !== "" && !isCompound && (
        <text class="statechart-runs" x={nameX} y={nameY + 16} text-anchor="middle">
          {`runs ${runs}`}
        </text>
      )}
    </g>
  );
}

const GUARD_LOOKS = new Map<boolean | string | undefined, string>([
  [true, "guard-holds"],
  [false, "guard-fails"],
  ["depends on the event", "guard-open"],
]);

function Arrow({
  arrow: { points, label, lines, from, to },
  isOpen,
  taken,
  holds,
}: {
  readonly arrow: ArrowLayout;
  readonly isOpen: boolean;
  readonly taken: TakenEdge | undefined;
  readonly holds: ChartProps["holds"];
}) {
  const isTaken = taken !== undefined;
  return (
    // A new key draws it anew, and so begins the flash anew.
    <g
      key={taken?.key}
      class={`statechart-arrow${isOpen ? " is-open" : ""}${isTaken ? " is-taken" : ""}${isTaken && taken.isOld !== true ? " is-fresh" : ""}`}
      data-arrow={`${from}>${to}`}
      aria-hidden="true"
    >
      <path class="statechart-line" d={roundedPath(points)} />
      <polygon points={isTaken ? arrowHead(points, 11, 5.5) : arrowHead(points)} />
      {lines.map(({ edge, event, guard }, index) => {
        const says = holds.get(edge);
        return (
          <text
            key={`${edge}${event}`}
            class={`statechart-label${edge === taken?.edge ? " is-taken" : ""}`}
            x={label.x + 3}
            y={label.y + 11 + index * LINE_HEIGHT}
            data-edge={edge}
          >
            {event}
            {guard !== "" && (
              <tspan class={GUARD_LOOKS.get(says)} dx={event === "" ? 12 : 6}>
                {guard.trim()}
              </tspan>
            )}
          </text>
        );
      })}
    </g>
  );
}
