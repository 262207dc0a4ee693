import { ActionButton } from "../actions/action-button.tsx";
import { dependencyActions } from "../actions/dependency-actions.ts";
import type { Connection } from "../connection.ts";
import { countText, passingText, timeText, wordsOf } from "../data/format.ts";
import type { DependencyStatus, Status } from "../data/wire.ts";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { BREAKER_MEANS, breakerTone } from "./breaker-words.ts";

/** What the service leans on: each breaker, its limit, the next probe, and a person's hand on it. */
export function DependenciesPanel({
  connection,
  status: { dependencies },
}: {
  readonly connection: Connection;
  readonly status: Status;
}) {
  return (
    <Panel title="Dependencies">
      {dependencies.length === 0 ? (
        <Notice kind="empty">No operation depends on anything.</Notice>
      ) : (
        <ul class="dependencies">
          {dependencies.map((dependency) => (
            <Dependency key={dependency.name} connection={connection} dependency={dependency} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Dependency({
  connection,
  dependency,
}: {
  readonly connection: Connection;
  readonly dependency: DependencyStatus;
}) {
  const { name, state, since, reason, nextProbeAt, lastFailure } = dependency;
  return (
    <li data-dependency={name} data-state={state}>
      <div class="reason-head">
        <StateMark tone={breakerTone(state)}>{name}</StateMark>
        <span class="chip">{wordsOf(state)}</span>
        <span class="muted small">{BREAKER_MEANS[state]}</span>
        {since !== undefined && (
          <span class="muted small figure reason-since">
            since {timeText(since)} · {passingText(Date.now() - since)}
          </span>
        )}
      </div>
      <p>{reason}</p>
      {lastFailure !== undefined && state !== "closed" && (
        <p class="small muted">
          Last failure at {timeText(lastFailure.at)}: <code>{lastFailure.code}</code> {lastFailure.message}
        </p>
      )}
      <Measured dependency={dependency} />
      {nextProbeAt !== undefined && (
        <p class="small figure">
          Next probe {nextProbeAt > Date.now() ? `in ${passingText(nextProbeAt - Date.now())}` : "is due"}
        </p>
      )}
      <div class="actions">
        {dependencyActions(connection, dependency).map((action) => (
          <ActionButton key={action.title} connection={connection} action={action} isSmall />
        ))}
      </div>
    </li>
  );
}

function Measured({ dependency }: { readonly dependency: DependencyStatus }) {
  const { inUse, limit, configuredLimit, adapted, windowCalls, windowFailures, consecutiveFailures, probesFailed } =
    dependency;
  return (
    <div class="measured">
      <label class="meter-line">
        <span class="small muted">
          {countText(inUse)} of {countText(limit)} calls at once
          {limit === configuredLimit ? "" : ` (${countText(configuredLimit)} configured)`}
        </span>
        <meter min={0} max={Math.max(1, limit)} value={Math.min(inUse, limit)} />
      </label>
      <span class="small muted figure">
        {countText(windowFailures)} of {countText(windowCalls)} calls failed · {countText(consecutiveFailures)} in a row
        {probesFailed > 0 ? ` · ${countText(probesFailed)} probes failed` : ""}
      </span>
      {adapted !== undefined && <span class="small muted">Limit adapted: {adapted.what}</span>}
    </div>
  );
}
