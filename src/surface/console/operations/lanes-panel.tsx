import { useState } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { countText } from "../data/format.ts";
import { useAsked } from "../data/polled.ts";
import { Notice } from "../parts/notice.tsx";
import { Pager } from "../parts/pager.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { hrefOf } from "../shell/router.ts";
import { operationTone } from "./operation-words.ts";

const HEADS = ["parked", "running", "ready", "scheduled", "closing", "held"] as const;
const PAGE = 50;
const ASK_EVERY_MS = 3_000;

const MEANS: Readonly<Record<(typeof HEADS)[number], string>> = {
  parked: "They wait behind a dead letter, until a person retries or discards it.",
  running: "Their head is being executed.",
  ready: "Their head may be executed as soon as policy and limits allow.",
  scheduled: "Their head failed and is tried again later; nothing of the lane passes it.",
  closing: "The effect of their head is unknown; a fence is being written.",
  held: "No definition of this process fits their head.",
};

/** Operations with one ordering key stand in one lane: what its head does, all behind it wait for. */
export function LanesPanel({ connection }: { readonly connection: Connection }) {
  const [state, setState] = useState<(typeof HEADS)[number]>("parked");
  const [before, setBefore] = useState<readonly string[]>([]);
  const after = before.at(-1);
  const { value, problem } = useAsked(
    () => connection.client.queue.lanes.query({ state, limit: PAGE, ...(after === undefined ? {} : { after }) }),
    `${state} ${after ?? ""}`,
    ASK_EVERY_MS,
  );
  return (
    <>
      <div class="lane-choice">
        <label class="field">
          <span>Lanes whose head is</span>
          <select
            value={state}
            onChange={({ currentTarget }) => {
              setBefore([]);
              setState(HEADS.find((head) => head === currentTarget.value) ?? "parked");
            }}
          >
            {HEADS.map((head) => (
              <option key={head} value={head}>
                {head === "parked" ? "dead (parked)" : head}
              </option>
            ))}
          </select>
        </label>
        <p class="muted small">{MEANS[state]}</p>
      </div>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      {value === undefined && problem === undefined && <Notice kind="loading">Asking …</Notice>}
      {value?.rows.length === 0 && <Notice kind="empty">No lane is like that.</Notice>}
      {value !== undefined && value.rows.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="group" aria-label="Lanes">
          <table class="operation-table">
            <thead>
              <tr>
                <th scope="col">Lane</th>
                <th scope="col">Head</th>
                <th scope="col" class="number">
                  Behind it
                </th>
              </tr>
            </thead>
            <tbody>
              {value.rows.map(({ lane, head, behind, countedTo }) => (
                <tr key={lane}>
                  <td>
                    <code>#{lane.toString(36)}</code>
                  </td>
                  <td>
                    <StateMark tone={operationTone(head.state)} />{" "}
                    <a href={hrefOf("operations", head.operationId, { view: "lanes" })}>{head.operationId}</a>
                    <div class="small muted">{head.name}</div>
                  </td>
                  <td class="number">
                    {countText(behind)}
                    {behind >= countedTo ? " or more" : ""}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager before={before} next={value?.next} onMove={setBefore} />
    </>
  );
}
