import { useState } from "preact/hooks";
import { ActionButton } from "../actions/action-button.tsx";
import { operationActions } from "../actions/operation-actions.ts";
import type { Connection } from "../connection.ts";
import { passingText, timeText } from "../data/format.ts";
import { useAsked } from "../data/polled.ts";
import type { OperationView } from "../data/wire.ts";
import { Notice } from "../parts/notice.tsx";
import { Pager } from "../parts/pager.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { hrefOf } from "../shell/router.ts";
import { type ListedState, operationTone, STATE_MEANS } from "./operation-words.ts";

const PAGE = 50;
const ASK_EVERY_MS = 2_000;

/** One page of the operations in a state, in order of acceptance. A million of them are twenty thousand pages. */
export function OperationList({
  connection,
  state,
  selected,
}: {
  readonly connection: Connection;
  readonly state: ListedState;
  readonly selected: string;
}) {
  // Where the pages before this one ended; none for the first.
  const [before, setBefore] = useState<readonly string[]>([]);
  const after = before.at(-1);
  const { value, problem, again } = useAsked(
    () => connection.client.operations.list.query({ state, limit: PAGE, ...(after === undefined ? {} : { after }) }),
    `${state} ${after ?? ""}`,
    ASK_EVERY_MS,
  );
  if (problem !== undefined) return <Notice kind="error">{problem}</Notice>;
  if (value === undefined) return <Notice kind="loading">Asking …</Notice>;
  return (
    <>
      <p class="muted small list-note">
        {state}: {STATE_MEANS[state]}. In order of acceptance.
      </p>
      {value.rows.length === 0 ? (
        <Notice kind="empty">{before.length === 0 ? `No operation is ${state}.` : "No more on this page."}</Notice>
      ) : (
        <div class="table-scroll" tabIndex={0} role="group" aria-label={`Operations that are ${state}`}>
          <table class="operation-table">
            <thead>
              <tr>
                <th scope="col">Operation</th>
                <th scope="col">Priority</th>
                <th scope="col">Accepted</th>
                <th scope="col">Attempts</th>
                <th scope="col">{state === "dead" ? "Why, and what to do" : "By"}</th>
              </tr>
            </thead>
            <tbody>
              {value.rows.map((row) => (
                <OperationRow
                  key={row.operationId}
                  connection={connection}
                  row={row}
                  state={state}
                  isSelected={row.operationId === selected}
                  onDone={again}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager before={before} next={value.next} onMove={setBefore} />
    </>
  );
}

function OperationRow({
  connection,
  row,
  state,
  isSelected,
  onDone,
}: {
  readonly connection: Connection;
  readonly row: OperationView;
  readonly state: ListedState;
  readonly isSelected: boolean;
  readonly onDone: () => void;
}) {
  const { operationId, name, priority, acceptedAt, attempts = 0, interruptions = 0, error, principal, dueAt } = row;
  return (
    <tr class={isSelected ? "is-selected" : undefined}>
      <td>
        <StateMark tone={operationTone(row.state)} />{" "}
        <a href={hrefOf("operations", operationId, { state })} aria-current={isSelected ? "true" : undefined}>
          {operationId}
        </a>
        <div class="small muted">{name}</div>
      </td>
      <td>{priority ?? "–"}</td>
      <td class="figure nowrap">
        {acceptedAt === undefined ? "–" : timeText(acceptedAt)}
        {acceptedAt !== undefined && <div class="small muted">{passingText(Date.now() - acceptedAt)} ago</div>}
      </td>
      <td class="figure">
        {attempts}
        {interruptions > 0 && <div class="small muted">{interruptions} interrupted</div>}
        {dueAt !== undefined && <div class="small muted nowrap">again in {passingText(dueAt - Date.now())}</div>}
      </td>
      <td>
        {error !== undefined && (
          <div class="small list-error">
            <code>{error.code}</code> {error.message}
          </div>
        )}
        {state === "dead" ? (
          <div class="actions">
            {operationActions(connection, row, onDone).map((action) => (
              <ActionButton key={action.title} connection={connection} action={action} isSmall />
            ))}
          </div>
        ) : (
          error === undefined && principal
        )}
      </td>
    </tr>
  );
}
