import { ActionButton } from "../actions/action-button.tsx";
import { thresholdAction } from "../actions/threshold-action.tsx";
import type { Connection } from "../connection.ts";
import { durationText, passingText, valueText, wordsOf } from "../data/format.ts";
import type { Status, TriggerStatus } from "../data/wire.ts";
import { Panel } from "../parts/panel.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import type { Tone } from "../parts/tone.ts";

const TONES: Readonly<Record<TriggerStatus["state"], Tone>> = {
  clear: "good",
  rising: "busy",
  raised: "bad",
  falling: "warn",
  unknown: "off",
};

/** What is measured, against which thresholds, and where its dwell stands. */
export function TriggersPanel({
  connection,
  status: { triggers, isMonitoring },
}: {
  readonly connection: Connection;
  readonly status: Status;
}) {
  return (
    <Panel title="Triggers" note={isMonitoring ? "measured against thresholds" : "not monitored"}>
      <div class="table-scroll" tabIndex={0} role="group" aria-label="Triggers">
        <table class="triggers">
          <thead>
            <tr>
              <th scope="col">Condition</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Measured
              </th>
              <th scope="col">Raised at · cleared at</th>
              <th scope="col">
                <span class="visually-hidden">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {triggers.map((trigger) => (
              <TriggerRow key={trigger.trigger} connection={connection} trigger={trigger} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function TriggerRow({ connection, trigger }: { readonly connection: Connection; readonly trigger: TriggerStatus }) {
  const { trigger: name, state, failed, value, definition, deadline, dwellFactor } = trigger;
  const { enter, exit, enterDwellMs, leaveDwellMs } = definition;
  return (
    <tr data-trigger={name} data-state={state}>
      <td>{wordsOf(name).replace(":", " · ")}</td>
      <td>
        <StateMark tone={TONES[state]}>{failed ? "sensor failed" : state}</StateMark>
        {deadline !== undefined && (
          <div class="small muted figure">
            {state === "rising" ? "raised" : "cleared"} in {passingText(deadline - Date.now())}
          </div>
        )}
      </td>
      <td class="number">{value === undefined ? <span class="muted">nothing</span> : valueText(value)}</td>
      <td class="small figure">
        ≥ {valueText(enter)} for {durationText(enterDwellMs)} · ≤ {valueText(exit)} for{" "}
        {durationText(leaveDwellMs * dwellFactor)}
        {dwellFactor > 1 ? ` (× ${dwellFactor}: it flaps)` : ""}
      </td>
      <td class="number">
        <ActionButton connection={connection} action={thresholdAction(connection, trigger)} isSmall />
      </td>
    </tr>
  );
}
