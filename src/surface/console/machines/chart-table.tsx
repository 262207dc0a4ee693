import { StateMark } from "../parts/state-mark.tsx";
import type { ChartProps } from "./chart.tsx";
import { eventInWords, guardInWords } from "./edge-words.ts";
import type { MachineEdge } from "./machine-data.ts";
import { ANY_STATE } from "./machine-layout.ts";

/** All that a drawing of a statechart says, as a table. */
export function ChartTable({ definition, active, taken, holds }: Omit<ChartProps, "look" | "layout">) {
  const { states, edges } = definition;
  const moving = edges.filter(({ target, event }) => target !== null && event !== "resume");
  const anywhere = moving.filter(({ source }) => source === ANY_STATE);
  const rows = [
    ...(anywhere.length === 0 ? [] : [{ id: ANY_STATE, description: "Whatever state it is in." }]),
    ...states,
  ];
  return (
    <div class="table-scroll">
      <table class="statechart-table">
        <caption class="visually-hidden">{`The states of ${definition.title}, and how each is left`}</caption>
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">what it means</th>
            <th scope="col">leaves by</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, description }) => (
            <tr key={id} class={active.has(id) ? "is-active" : ""}>
              <th scope="row">
                <span class="mono">{id === ANY_STATE ? "any state" : id}</span>
                {active.has(id) && <StateMark tone="good">active now</StateMark>}
              </th>
              <td>{description ?? ""}</td>
              <td>
                <ul class="statechart-leaves">
                  {moving
                    .filter(({ source }) => source === id)
                    .map((edge) => (
                      <Leave key={edge.id} edge={edge} isTaken={edge.id === taken?.edge} holds={holds.get(edge.id)} />
                    ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Leave({
  edge,
  isTaken,
  holds,
}: {
  readonly edge: MachineEdge;
  readonly isTaken: boolean;
  readonly holds: boolean | "depends on the event" | undefined;
}) {
  const guard = guardInWords(edge);
  return (
    <li class={isTaken ? "is-taken" : ""}>
      <span class="mono">
        {eventInWords(edge)} {guard}
      </span>{" "}
      → <span class="mono">{edge.target}</span>
      {guard !== "" && typeof holds === "boolean" && (
        <span class="muted"> (guard {holds ? "holds" : "does not hold"})</span>
      )}
      {isTaken && <span class="muted"> (taken last)</span>}
    </li>
  );
}
