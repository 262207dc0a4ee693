import { ActionButton } from "../actions/action-button.tsx";
import { switchAutoRecovery, switchMonitoring } from "../actions/switch-actions.ts";
import type { Connection } from "../connection.ts";
import type { Status } from "../data/wire.ts";
import { Panel } from "../parts/panel.tsx";
import { StateMark } from "../parts/state-mark.tsx";

/** What the service does by itself, and may be told not to. */
export function SwitchesPanel({ connection, status }: { readonly connection: Connection; readonly status: Status }) {
  const { isMonitoring, autoRecovery } = status;
  return (
    <Panel title="By itself">
      <ul class="switches">
        <li>
          <StateMark tone={isMonitoring ? "good" : "warn"}>Monitoring is {isMonitoring ? "on" : "off"}</StateMark>
          <ActionButton connection={connection} action={switchMonitoring(connection, status)} isSmall />
        </li>
        {autoRecovery !== null && (
          <li>
            <div>
              <StateMark tone={autoRecovery.enabled ? "good" : "warn"}>
                Auto recovery is {autoRecovery.enabled ? "on" : "off"}
              </StateMark>
              {!autoRecovery.enabled && <p class="small muted">{autoRecovery.cause.what}</p>}
            </div>
            <ActionButton connection={connection} action={switchAutoRecovery(connection, status)} isSmall />
          </li>
        )}
      </ul>
    </Panel>
  );
}
