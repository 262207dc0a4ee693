import { useEffect, useRef, useState } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { countText } from "../data/format.ts";
import { problemText } from "../data/polled.ts";
import type { Fault } from "../data/wire.ts";
import { StateMark } from "../parts/state-mark.tsx";

/** What the button of a switch says: to do it, and to take it back. */
const VERBS: Readonly<Record<string, readonly [string, string]>> = {
  "graph.cut": ["Cut", "Restore"],
  "graph.flap": ["Start flapping", "Stop flapping"],
};

const SETTLES_WITHIN_MS = 3_000;

/** One switch or slider; it shows what the server says it is, also after it was moved. */
export function FaultControl({
  connection,
  fault,
  onDone,
}: {
  readonly connection: Connection;
  readonly fault: Fault;
  readonly onDone: () => void;
}) {
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [asked, setAsked] = useState(0);
  const isAsking = asked > 0;
  async function set(change: { readonly on: boolean } | { readonly value: number }): Promise<void> {
    setAsked((count) => count + 1);
    setProblem(undefined);
    await connection.client.faults.set
      .mutate({ id: fault.id, ...change })
      .catch((error: unknown) => setProblem(problemText(error)));
    setAsked((count) => count - 1);
    onDone();
    await connection.refresh();
  }
  const isActive = fault.kind === "switch" ? fault.on : fault.value > fault.minimum;
  const [doIt, undo] = VERBS[fault.id] ?? ["Switch on", "Switch off"];
  return (
    <li class={`fault ${isActive ? "is-active" : ""}`} data-fault={fault.id} data-active={isActive}>
      <div class="fault-head">
        <h3>{fault.title}</h3>
        {isActive && <StateMark tone="warn">active</StateMark>}
        {fault.kind === "switch" && (
          <button
            type="button"
            class={`button ${fault.on ? "button-main" : "button-danger"}`}
            aria-label={`${fault.on ? undo : doIt}: ${fault.title}`}
            disabled={isAsking}
            onClick={() => void set({ on: !fault.on })}
          >
            {fault.on ? undo : doIt}
          </button>
        )}
      </div>
      {fault.kind === "slider" && <FaultSlider fault={fault} set={(value) => void set({ value })} />}
      <p class="small muted">{fault.explanation}</p>
      {problem !== undefined && (
        <p class="notice notice-error" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

function FaultSlider({
  fault: { title, value, minimum, maximum, step, unit },
  set,
}: {
  readonly fault: Extract<Fault, { readonly kind: "slider" }>;
  readonly set: (value: number) => void;
}) {
  const [moved, setMoved] = useState(value);
  const movedAt = useRef(0);
  // Just moved, it stands where the hand left it: what the server says meanwhile is about an earlier place.
  useEffect(() => {
    const settlesInMs = Math.max(0, movedAt.current + SETTLES_WITHIN_MS - Date.now());
    const timer = setTimeout(() => setMoved(value), settlesInMs);
    return () => clearTimeout(timer);
  }, [value]);
  return (
    <div class="slider">
      <input
        type="range"
        aria-label={title}
        aria-valuetext={`${countText(moved)} ${unit}`}
        min={minimum}
        max={maximum}
        step={step}
        value={moved}
        onInput={({ currentTarget }) => {
          movedAt.current = Date.now();
          setMoved(Number(currentTarget.value));
        }}
        onChange={({ currentTarget }) => set(Number(currentTarget.value))}
      />
      <output class="figure">
        {countText(moved)} {unit}
      </output>
    </div>
  );
}
