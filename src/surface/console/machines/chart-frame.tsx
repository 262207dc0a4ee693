import { useRef, useState } from "preact/hooks";
import { Chart, type ChartProps } from "./chart.tsx";
import { ChartTable } from "./chart-table.tsx";
import { usePanZoom } from "./use-pan-zoom.ts";

const STEP_PX = 60;
const STEP = 1.25;

/** A statechart in a window of its own, or the same as a table. */
export function ChartFrame({ title, ...chart }: Omit<ChartProps, "look"> & { readonly title: string }) {
  const [isTable, showTable] = useState(false);
  return (
    <div class="statechart-frame">
      <div class="statechart-choice" role="group" aria-label="How to show it">
        <button type="button" class="button button-small" aria-pressed={!isTable} onClick={() => showTable(false)}>
          Diagram
        </button>
        <button type="button" class="button button-small" aria-pressed={isTable} onClick={() => showTable(true)}>
          Table
        </button>
      </div>
      {isTable ? <ChartTable {...chart} /> : <Drawing key={chart.definition.id} title={title} {...chart} />}
    </div>
  );
}

function Drawing({ title, ...chart }: Omit<ChartProps, "look"> & { readonly title: string }) {
  const { definition, layout, active } = chart;
  const frame = useRef<HTMLDivElement>(null);
  const group = useRef<SVGGElement>(null);
  const [lookedAt, look] = useState<string>();

  const lit = layout.states.findLast(({ id }) => active.has(id));
  const around = lit ?? { x: layout.width / 2, y: 0, width: 0, height: 0 };
  const { zoom, move, fit } = usePanZoom(frame, group, layout, {
    x: around.x + around.width / 2,
    y: around.y + around.height / 2,
  });

  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => move(STEP_PX, 0),
    ArrowRight: () => move(-STEP_PX, 0),
    ArrowUp: () => move(0, STEP_PX),
    ArrowDown: () => move(0, -STEP_PX),
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": fit,
  };
  const shown = lookedAt ?? lit?.id;
  const described = definition.states.find(({ id }) => id === shown);
  return (
    <>
      <div
        ref={frame}
        class="statechart-window"
        role="group"
        aria-label={`Statechart of ${title}. Arrow keys move it, plus and minus zoom, 0 shows all of it.`}
        tabIndex={0}
        style={{ height: heightOf(layout.height) }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      >
        <svg class="statechart" width="100%" height="100%">
          <g ref={group}>
            <Chart {...chart} look={look} />
          </g>
        </svg>
        <div class="statechart-tools">
          <button type="button" aria-label="Larger" onClick={() => zoom(STEP)}>
            +
          </button>
          <button type="button" aria-label="Smaller" onClick={() => zoom(1 / STEP)}>
            −
          </button>
          <button type="button" aria-label="Show all of it" onClick={fit}>
            ⤢
          </button>
        </div>
      </div>
      <p class="statechart-caption">
        {described === undefined ? (
          <span class="muted">Point at a state to read what it means.</span>
        ) : (
          <>
            <strong>{described.id}</strong> {described.description}
          </>
        )}
      </p>
    </>
  );
}

/** Small charts need little room; large ones are moved, and leave some of the window to what stands below. */
const heightOf = (drawing: number): string =>
  `min(${Math.min(800, Math.max(260, Math.round(drawing * 1.05) + 30))}px, 76vh)`;
