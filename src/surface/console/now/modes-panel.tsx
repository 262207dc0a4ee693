import { passingText, timeText, wordsOf } from "../data/format.ts";
import type { ModeInForce, Status } from "../data/wire.ts";
import { Because } from "../parts/because.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { modeTitle, modeTone } from "./mode-words.ts";

/** Every mode in force and why; and what a pin keeps from being. */
export function ModesPanel({ status: { modes, yielded = [], drains } }: { readonly status: Status }) {
  return (
    <Panel title="In force, and why">
      <ul class="reasons">
        {modes.map((mode) => (
          <Reason key={`${mode.mode} ${mode.dependency ?? ""}`} mode={mode} drains={drains} />
        ))}
        {yielded.map((mode) => (
          <Reason key={`yielded ${mode.mode} ${mode.dependency ?? ""}`} mode={mode} drains={drains} isYielded />
        ))}
      </ul>
    </Panel>
  );
}

function Reason({
  mode: { mode, dependency, step, since, cause },
  drains,
  isYielded = false,
}: {
  readonly mode: ModeInForce;
  readonly drains: Status["drains"];
  readonly isYielded?: boolean;
}) {
  const open = drains.find((drain) => drain.dependency === dependency)?.open;
  return (
    <li>
      <div class="reason-head">
        <StateMark tone={isYielded ? "off" : modeTone(mode)}>
          {modeTitle(mode)}
          {dependency === undefined ? "" : ` · ${dependency}`}
        </StateMark>
        <span class="chip">{wordsOf(step)}</span>
        {step === "draining" && open !== undefined && <span class="small">{open} left of its backlog</span>}
        <span class="muted small figure reason-since">
          since {timeText(since)} · {passingText(Date.now() - since)}
        </span>
      </div>
      {isYielded && <p class="small muted">Would be in force without the pin.</p>}
      <Because cause={cause} />
    </li>
  );
}
