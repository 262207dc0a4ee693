import { useState } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { fineTimeText } from "../data/format.ts";
import { Panel } from "../parts/panel.tsx";
import { hrefOf } from "../shell/router.ts";
import { type StreamRow, useTransitionStream } from "./transition-stream.ts";
import { VirtualList } from "./virtual-list.tsx";

const ROW_PX = 46;
const HEIGHT_PX = 322;

/** The transitions as they happen, with their causes; each leads to the moment it happened. */
export function StreamPanel({
  connection,
  actor,
}: {
  readonly connection: Connection;
  readonly actor: string | undefined;
}) {
  const [isOnlyOne, showOnlyOne] = useState(false);
  const { rows, isPaused, waiting, pause } = useTransitionStream(connection, isOnlyOne ? actor : undefined);
  return (
    <Panel
      title="Transitions"
      note={isPaused ? `paused, ${waiting} since` : "as they happen, newest first"}
      class="stream"
      tools={
        <>
          <button
            type="button"
            class="button button-small"
            aria-pressed={isOnlyOne}
            disabled={actor === undefined}
            onClick={() => showOnlyOne(!isOnlyOne)}
          >
            Only {actor ?? "this actor"}
          </button>
          <button type="button" class="button button-small" aria-pressed={isPaused} onClick={() => pause(!isPaused)}>
            {isPaused ? "Go on" : "Pause"}
          </button>
        </>
      }
    >
      {rows.length === 0 ? (
        <p class="muted">Nothing has moved yet.</p>
      ) : (
        <VirtualList
          label="Transitions, newest first"
          items={rows}
          rowHeight={ROW_PX}
          height={HEIGHT_PX}
          keyOf={({ key }) => key}
        >
          {(row) => <Row row={row} />}
        </VirtualList>
      )}
    </Panel>
  );
}

function Row({ row: { at, machine, from, to, explanation } }: { readonly row: StreamRow }) {
  return (
    <a class="stream-row" href={hrefOf("time-travel", "", { at: String(at), actor: machine })} title={explanation}>
      <time class="figure muted" dateTime={new Date(at).toISOString()}>
        {fineTimeText(at)}
      </time>
      <span class="stream-what">
        <strong>{machine}</strong> <span class="mono">{from}</span> → <span class="mono">{to}</span>
      </span>
      <span class="stream-why">{explanation}</span>
    </a>
  );
}
