import { useRef, useState } from "preact/hooks";
import { fineTimeText, timeText } from "../data/format.ts";
import type { TransitionBounds } from "../machines/machine-data.ts";
import { chosenSpan, momentAt, shareOf, type TimeSpan } from "./time-span.ts";

const HEIGHT = 56;
const WIDTH = 1_000;

/**
 * All moments of a span in a line, with how much happened when behind it. Left and right go from transition to transition,
 * page up and down by a tenth; a range that is drawn over the bars becomes the span.
 */
export function Scrubber({
  span,
  all,
  at,
  buckets,
  countedTo,
  goTo,
  step,
  show,
}: {
  readonly span: TimeSpan;
  readonly all: TimeSpan;
  readonly at: number;
  readonly buckets: TransitionBounds["buckets"];
  readonly countedTo: number;
  readonly goTo: (at: number) => void;
  readonly step: (direction: 1 | -1) => void;
  readonly show: (span: TimeSpan) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<{ readonly from: number; readonly to: number }>();
  const shareAt = (event: PointerEvent): number => {
    const box = frame.current?.getBoundingClientRect();
    return box === undefined ? 0 : (event.clientX - box.left) / box.width;
  };
  const end = (event: PointerEvent): void => {
    if (drawn === undefined) return;
    setDrawn(undefined);
    const [from, to] = [momentAt(drawn.from, span), momentAt(shareAt(event), span)];
    if (Math.abs(drawn.from - shareAt(event)) < 0.01) goTo(to);
    else show(chosenSpan(from, to, all));
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => step(-1),
    ArrowDown: () => step(-1),
    ArrowRight: () => step(1),
    ArrowUp: () => step(1),
    PageDown: () => goTo(momentAt(shareOf(at, span) - 0.1, span)),
    PageUp: () => goTo(momentAt(shareOf(at, span) + 0.1, span)),
  };
  return (
    <div class="scrubber">
      <div
        ref={frame}
        class="scrubber-bars"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrawn({ from: shareAt(event), to: shareAt(event) });
        }}
        onPointerMove={(event) => drawn !== undefined && setDrawn({ ...drawn, to: shareAt(event) })}
        onPointerUp={end}
        onPointerCancel={() => setDrawn(undefined)}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <Bars buckets={buckets} countedTo={countedTo} />
          {drawn !== undefined && (
            <rect
              class="scrubber-drawn"
              x={Math.min(drawn.from, drawn.to) * WIDTH}
              width={Math.abs(drawn.to - drawn.from) * WIDTH}
              y="0"
              height={HEIGHT}
            />
          )}
          <line class="scrubber-now" x1={shareOf(at, span) * WIDTH} x2={shareOf(at, span) * WIDTH} y1="0" y2={HEIGHT} />
        </svg>
      </div>
      <input
        class="scrubber-range"
        type="range"
        min={span.from}
        max={span.to}
        step="1"
        value={Math.min(span.to, Math.max(span.from, at))}
        aria-label="Moment. Left and right go to the previous and the next transition."
        aria-valuetext={fineTimeText(at)}
        onInput={({ currentTarget }) => goTo(currentTarget.valueAsNumber)}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      />
      <p class="scrubber-ends small muted figure">
        <span>{endOf(span.from, span)}</span>
        <span>{endOf(span.to, span)}</span>
      </p>
    </div>
  );
}

/** Their heights by the root of what they count: one transition is seen beside a thousand. */
function Bars({ buckets, countedTo }: Pick<TransitionBounds, "buckets" | "countedTo">) {
  const most = Math.sqrt(Math.max(1, ...buckets.map(({ count }) => Math.min(count, countedTo))));
  const width = WIDTH / Math.max(1, buckets.length);
  return (
    <>
      {buckets.map(({ from, count }, index) => {
        const height = count === 0 ? 0 : 4 + (Math.sqrt(Math.min(count, countedTo)) / most) * (HEIGHT - 6);
        return (
          <rect
            key={from}
            class="scrubber-bar"
            x={index * width}
            width={Math.max(1, width - 1)}
            y={HEIGHT - height}
            height={height}
          />
        );
      })}
    </>
  );
}

const FINE_BELOW_MS = 60_000;

const endOf = (moment: number, { from, to }: TimeSpan): string =>
  to - from < FINE_BELOW_MS ? fineTimeText(moment) : timeText(moment);
