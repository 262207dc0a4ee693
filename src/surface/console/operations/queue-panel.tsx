import type { Connection } from "../connection.ts";
import { bytesText, countText, passingText, rateText } from "../data/format.ts";
import { useAsked } from "../data/polled.ts";
import type { QueueStatus } from "../data/wire.ts";
import { Notice } from "../parts/notice.tsx";

const ASK_EVERY_MS = 1_000;
const A_MONTH_MS = 30 * 86_400_000;

/** How much waits, since when, and when it is full at this rate. */
export function QueuePanel({ connection }: { readonly connection: Connection }) {
  const { value, problem } = useAsked(() => connection.client.queue.status.query(), "queue", ASK_EVERY_MS);
  if (value === undefined)
    return problem === undefined ? (
      <Notice kind="loading">Asking what waits …</Notice>
    ) : (
      <Notice kind="error">{problem}</Notice>
    );
  return (
    <dl class="tiles">
      {tilesOf(value).map(({ name, figure, note }) => (
        <div class="tile" key={name}>
          <dt>{name}</dt>
          <dd class="tile-value figure">{figure}</dd>
          <dd class="muted small">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TileText {
  readonly name: string;
  readonly figure: string;
  readonly note: string;
}

function tilesOf({
  counts,
  waitingBytes,
  limits,
  oldestWaitingMs,
  rates,
  full,
  freeDiskBytes,
}: QueueStatus): TileText[] {
  const waiting = counts.ready + counts.scheduled + counts.blocked;
  return [
    { name: "Waiting", figure: countText(waiting), note: `of ${countText(limits.maximumRows)} at most` },
    {
      name: "Oldest waits for",
      figure: oldestWaitingMs === null ? "–" : passingText(oldestWaitingMs),
      note: oldestWaitingMs === null ? "nothing waits" : "since its acceptance",
    },
    {
      name: "Comes in",
      figure: rates === null ? "–" : `${rateText(rates.acceptedPerSecond)}/s`,
      note: rates === null ? "not measured yet" : `over ${passingText(rates.overMs)}`,
    },
    {
      name: "Ends",
      figure: rates === null ? "–" : `${rateText(rates.endedPerSecond)}/s`,
      note: rates === null ? "not measured yet" : `over ${passingText(rates.overMs)}`,
    },
    {
      name: "On disk",
      figure: bytesText(waitingBytes),
      note: `of ${bytesText(limits.maximumBytes)}; ${bytesText(freeDiskBytes)} free`,
    },
    {
      name: "Full in",
      figure: full === null || full.inMs > A_MONTH_MS ? "–" : passingText(full.inMs),
      note: fullNote(full),
    },
  ];
}

function fullNote(full: QueueStatus["full"]): string {
  if (full === null) return "it does not grow";
  return full.inMs > A_MONTH_MS ? "not within a month" : `${full.what} at this rate`;
}
