import { useMemo } from "preact/hooks";
import { PRIORITIES } from "../../../../machines/contracts/priority.ts";
import type { Connection } from "../connection.ts";
import { countText, durationText, rateText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import type { LiveSample } from "../data/wire.ts";
import { Chart, type Series } from "../parts/chart.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";

/** The last five minutes by the second. The server adds up; the page draws one point a second. */
export function LiveCharts({ connection }: { readonly connection: Connection }) {
  const samples = useStore(connection.samples);
  const { times, throughput, depth, latency } = useMemo(() => seriesOf(samples), [samples]);
  if (samples.length < 2)
    return (
      <Panel title="The last five minutes">
        <Notice kind="loading">The first figures come within two seconds.</Notice>
      </Panel>
    );
  return (
    <div class="charts">
      <Panel title="Throughput" note="operations a second">
        <Chart title="Throughput" times={times} series={throughput} text={rateText} />
      </Panel>
      <Panel title="Queue" note="operations on disk">
        <Chart title="Queue" times={times} series={depth} text={countText} />
      </Panel>
      <Panel title="Latency" note="p50 dotted · p99, submit to end">
        {latency.length === 0 ? (
          <Notice kind="empty">Nothing has ended in the last five minutes.</Notice>
        ) : (
          <Chart title="Latency" times={times} series={latency} text={shortDuration} />
        )}
      </Panel>
    </div>
  );
}

const shortDuration = (ms: number): string => (ms === 0 ? "0" : durationText(ms));

const LAST_SECONDS = 300;

function seriesOf(all: readonly LiveSample[]) {
  const samples = all.slice(-LAST_SECONDS);
  const rate = (figure: "accepted" | "completed" | "failed"): (number | null)[] =>
    samples.map((sample) => (sample[figure] * 1_000) / sample.overMs);
  const throughput: Series[] = [
    { label: "accepted", colour: "--series-4", dash: [6, 3], values: rate("accepted") },
    { label: "completed", colour: "--series-3", isFilled: true, values: rate("completed") },
    { label: "failed", colour: "--series-1", dash: [2, 3], values: rate("failed") },
  ];
  const depth: Series[] = [
    { label: "waiting", colour: "--series-2", isFilled: true, values: samples.map(({ waiting }) => waiting) },
    { label: "running", colour: "--series-4", dash: [6, 3], values: samples.map(({ running }) => running) },
  ];
  return { times: samples.map(({ at }) => at / 1_000), throughput, depth, latency: latencyOf(samples) };
}

/** Two lines for each priority of which something ended. */
function latencyOf(samples: readonly LiveSample[]): Series[] {
  return PRIORITIES.flatMap((priority, index): Series[] => {
    const ofPriority = samples.map(({ latency }) => latency.find((each) => each.priority === priority));
    if (ofPriority.every((each) => each === undefined)) return [];
    const colour = `--series-${index + 1}`;
    return [
      { label: priority, colour, values: ofPriority.map((each) => each?.p99Ms ?? null) },
      {
        label: `${priority} p50`,
        isCompanion: true,
        colour,
        dash: [2, 3],
        values: ofPriority.map((each) => each?.p50Ms ?? null),
      },
    ];
  });
}
