import type { ComponentChildren } from "preact";
import type { Connection } from "../connection.ts";
import { bytesText, countText, durationText, passingText, rateText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import type { Status } from "../data/wire.ts";

/** The figures that are looked at first. Where nothing was measured, that is what they say. */
export function Tiles({ connection, status }: { readonly connection: Connection; readonly status: Status }) {
  const samples = useStore(connection.samples);
  const last = samples.at(-1);
  const perSecond = (figure: "accepted" | "completed" | "failed"): string =>
    last === undefined ? "–" : rateText((last[figure] * 1_000) / last.overMs);
  const { measurements, queue, operationsQueued, ended } = status;
  const oldest = measurements?.queue?.oldestWaitingMs;
  const p99 = measurements?.responseTimeMs?.p99;
  return (
    <dl class="tiles">
      <Tile name="Accepted" unit="/s" value={perSecond("accepted")} note="put on disk" />
      <Tile
        name="Completed"
        unit="/s"
        value={perSecond("completed")}
        note={`${countText(ended.completed)} since the start`}
      />
      <Tile name="Failed" unit="/s" value={perSecond("failed")} note={`${countText(ended.failed)} since the start`} />
      <Tile
        name="Waiting"
        value={countText(operationsQueued)}
        note={
          oldest === undefined || oldest === null
            ? `${bytesText(queue.waitingBytes)} on disk`
            : `oldest ${passingText(oldest)} · ${bytesText(queue.waitingBytes)}`
        }
      />
      <Tile
        name="Response p99"
        value={p99 === undefined ? "–" : durationText(p99)}
        note={p99 === undefined ? "too few ended to say" : "over the last minutes"}
      />
      <Tile
        name="Dead letters"
        value={countText(queue.dead)}
        note={queue.dead === 0 ? "nothing needs a person" : <a href="#/operations?state=dead">need a person</a>}
      />
    </dl>
  );
}

function Tile({
  name,
  value,
  unit,
  note,
}: {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  readonly note: ComponentChildren;
}) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class="tile-value figure">
        {value}
        {unit !== undefined && value !== "–" && <span class="tile-unit">{unit}</span>}
      </dd>
      <dd class="muted small">{note}</dd>
    </div>
  );
}
