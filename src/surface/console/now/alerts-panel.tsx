import { acknowledgeAlert, resolveAlert } from "../actions/alert-actions.ts";
import { ActionButton } from "../actions/action-button.tsx";
import type { Connection } from "../connection.ts";
import { passingText, timeText } from "../data/format.ts";
import { useAsked } from "../data/polled.ts";
import type { Alert } from "../data/wire.ts";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import type { Tone } from "../parts/tone.ts";

const TONES: Readonly<Record<Alert["severity"], Tone>> = { info: "busy", warning: "warn", critical: "bad" };
const ASK_EVERY_MS = 2_000;
const SHOWN = 20;

/** What persons should know of and is not resolved, the open ones first. */
export function AlertsPanel({ connection }: { readonly connection: Connection }) {
  const { list } = connection.client.alerts;
  const { value, problem, again } = useAsked(
    async () => {
      const [open, acknowledged] = await Promise.all([
        list.query({ status: "open", limit: SHOWN }),
        list.query({ status: "acknowledged", limit: SHOWN }),
      ]);
      return { alerts: [...open.rows, ...acknowledged.rows], more: (open.next ?? acknowledged.next) !== undefined };
    },
    "alerts",
    ASK_EVERY_MS,
  );
  return (
    <Panel title="Alerts" note={value === undefined ? undefined : countNote(value.alerts)}>
      {value === undefined && problem === undefined && <Notice kind="loading">Asking …</Notice>}
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      {value?.alerts.length === 0 && <Notice kind="empty">No alert is open.</Notice>}
      <ul class="alerts">
        {value?.alerts.map((alert) => (
          <AlertRow key={alert.id} connection={connection} alert={alert} onDone={again} />
        ))}
      </ul>
      {value?.more === true && <p class="muted small">There are more.</p>}
    </Panel>
  );
}

const countNote = (alerts: readonly Alert[]): string => {
  const open = alerts.filter(({ status }) => status === "open").length;
  return open === 0 ? "none open" : `${open} open`;
};

function AlertRow({
  connection,
  alert,
  onDone,
}: {
  readonly connection: Connection;
  readonly alert: Alert;
  readonly onDone: () => void;
}) {
  const { severity, subject, what, status, openedAt, occurrences, acknowledged } = alert;
  return (
    <li>
      <div class="reason-head">
        <StateMark tone={TONES[severity]}>{severity}</StateMark>
        <span class="chip">{subject}</span>
        <span class="muted small figure reason-since">
          {timeText(openedAt)} · {passingText(Date.now() - openedAt)}
          {occurrences > 1 ? ` · ${occurrences} times` : ""}
        </span>
      </div>
      <p>{what}</p>
      {acknowledged !== undefined && (
        <p class="small muted">
          Acknowledged by {acknowledged.by}: {acknowledged.reason}
        </p>
      )}
      <div class="actions">
        {status === "open" && (
          <ActionButton connection={connection} action={acknowledgeAlert(connection, alert, onDone)} isSmall />
        )}
        <ActionButton connection={connection} action={resolveAlert(connection, alert, onDone)} isSmall />
      </div>
    </li>
  );
}
