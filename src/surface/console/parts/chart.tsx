import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { useStore } from "../data/store.ts";
import { theme } from "../shell/theme.ts";

export interface Series {
  readonly label: string;
  /** A colour of the tokens: `--good`. */
  readonly colour: string;
  /** Tells it apart without colours. */
  readonly dash?: readonly number[];
  readonly isFilled?: boolean;
  /** Drawn, and told together with the line before it. */
  readonly isCompanion?: boolean;
  /** One per time; null where there is nothing to show. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What is to be seen, for whoever does not see it. */
  readonly title: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly text: (value: number) => string;
  readonly heightPx?: number;
}

/** How much of the past is shown; the right edge is now. A page that was just opened begins with less. */
const WINDOW_SECONDS = 300;
const SMALLEST_WINDOW_SECONDS = 60;

/** Lines over the last five minutes, with the value under the pointer, else the last one. */
export function Chart({ title, times, series, text, heightPx = 168 }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const chosenTheme = useStore(theme);
  const names = series.map(({ label }) => label).join("|");

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(element, series, text, heightPx, setPointed), dataOf(times, series), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // Lines and colours are part of the drawing; values are not.
  }, [names, heightPx, chosenTheme, usesDark()]);

  useEffect(() => plot.current?.setData(dataOf(times, series)), [times, series]);

  const at = pointed ?? times.length - 1;
  const told = tellingOf(series, at, text);
  const shown = told.map(({ line: { label }, value }) => `${label} ${value}`).join(", ");
  return (
    <figure class="chart">
      <div
        ref={holder}
        class="chart-plot"
        role="img"
        aria-label={`${title}: ${shown}`}
        style={{ height: `${heightPx}px` }}
      />
      <figcaption class="chart-legend" aria-hidden="true">
        {told.map(({ line: { label, colour, dash }, value }) => (
          <span key={label}>
            <svg width="18" height="8" viewBox="0 0 18 8">
              <line
                x1="1"
                y1="4"
                x2="17"
                y2="4"
                stroke={`var(${colour})`}
                stroke-width="2.4"
                stroke-dasharray={dash?.join(" ")}
              />
            </svg>
            {label} <b class="figure">{value}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const valueAt = (values: readonly (number | null)[], at: number, text: (value: number) => string): string => {
  const value = values[at];
  return value === null || value === undefined ? "–" : text(value);
};

/** What the legend says of each line, companions beside theirs: `4.2 ms · 8.4 ms`. */
function tellingOf(series: readonly Series[], at: number, text: (value: number) => string) {
  return series.flatMap((line, index) => {
    if (line.isCompanion === true) return [];
    const next = series[index + 1];
    const own = valueAt(line.values, at, text);
    return [{ line, value: next?.isCompanion === true ? `${valueAt(next.values, at, text)} · ${own}` : own }];
  });
}

const dataOf = (times: readonly number[], series: readonly Series[]): uPlot.AlignedData => [
  [...times],
  ...series.map(({ values }) => [...values]),
];

const usesDark = (): boolean => matchMedia("(prefers-color-scheme: dark)").matches;

function optionsOf(
  element: HTMLElement,
  series: readonly Series[],
  text: (value: number) => string,
  height: number,
  onPointed: (index: number | undefined) => void,
): uPlot.Options {
  const colour = colourReader(element);
  const axis: uPlot.Axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px ui-sans-serif, system-ui, sans-serif",
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: {
        range: (_plot, min, max) => [Math.min(max - SMALLEST_WINDOW_SECONDS, Math.max(min, max - WINDOW_SECONDS)), max],
      },
      y: { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 1) * 1.15)] },
    },
    axes: [
      { ...axis, space: 80, size: 26, values: (_plot, splits) => splits.map(clockText) },
      { ...axis, size: 52, values: (_plot, splits) => splits.map((value) => text(value)) },
    ],
    series: [
      {},
      ...series.map(
        ({ label, colour: name, dash, isFilled }): uPlot.Series => ({
          label,
          stroke: colour(name),
          width: 2,
          points: { show: false },
          spanGaps: false,
          ...(dash !== undefined && { dash: [...dash] }),
          ...(isFilled === true && { fill: colour(name, 14) }),
        }),
      ),
    ],
    hooks: {
      setCursor: [({ cursor }) => onPointed(cursor.idx ?? undefined)],
    },
  };
}

const clockText = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A canvas knows no variables: what they are in the scheme in force is read off an element. */
function colourReader(element: HTMLElement): (name: string, percent?: number) => string {
  return (name, percent) => {
    const probe = document.createElement("span");
    probe.style.color =
      percent === undefined ? `var(${name})` : `color-mix(in srgb, var(${name}) ${percent}%, transparent)`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
