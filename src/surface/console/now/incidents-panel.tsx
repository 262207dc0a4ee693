import { ActionButton } from "../actions/action-button.tsx";
import { acknowledgeIncident } from "../actions/incident-actions.ts";
import type { Connection } from "../connection.ts";
import { passingText, timeText, wordsOf } from "../data/format.ts";
import type { IncidentStatus, Status } from "../data/wire.ts";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import type { Tone } from "../parts/tone.ts";

/** What is being done about what is wrong. */
export function IncidentsPanel({
  connection,
  status: { incidents },
}: {
  readonly connection: Connection;
  readonly status: Status;
}) {
  const active = incidents.filter(({ state }) => state !== "quiet");
  return (
    <Panel title="Incidents" note={active.length === 0 ? "all quiet" : `${active.length} under way`}>
      {active.length === 0 ? (
        <Notice kind="empty">Nothing is wrong that anybody works on.</Notice>
      ) : (
        <ul class="alerts">
          {active.map((incident) => (
            <Incident
              key={`${incident.condition} ${incident.dependency ?? ""}`}
              connection={connection}
              incident={incident}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function toneOf(state: string): Tone {
  if (state === "paged") return "bad";
  return state === "acknowledged" ? "warn" : "busy";
}

function Incident({ connection, incident }: { readonly connection: Connection; readonly incident: IncidentStatus }) {
  const { condition, dependency, state, since, rung, attempts, remedies } = incident;
  return (
    <li>
      <div class="reason-head">
        <StateMark tone={toneOf(state)}>
          {wordsOf(condition)}
          {dependency === undefined ? "" : ` · ${dependency}`}
        </StateMark>
        <span class="chip">{wordsOf(state)}</span>
        <span class="muted small figure reason-since">{passingText(Date.now() - since)}</span>
      </div>
      {rung !== undefined && (
        <p class="small">
          Remedy: {wordsOf(rung)}
          {attempts > 0 ? `; ${attempts} did not help so far` : ""}
        </p>
      )}
      {remedies.length > 0 && (
        <ul class="remedies small muted">
          {remedies.slice(-3).map(({ remedy, startedAt, result, detail }) => (
            <li key={`${remedy} ${startedAt}`}>
              {timeText(startedAt)} {wordsOf(remedy)}: {wordsOf(result)}. {detail}
            </li>
          ))}
        </ul>
      )}
      {state === "paged" && (
        <div class="actions">
          <ActionButton connection={connection} action={acknowledgeIncident(connection, incident)} isSmall isMain />
        </div>
      )}
    </li>
  );
}
