import { useNow } from "../data/clock.ts";
import { useAsked } from "../data/polled.ts";
import { useStore } from "../data/store.ts";
import { HeadlinePanel } from "../now/headline-panel.tsx";
import { LiveCharts } from "../now/live-charts.tsx";
import { ModesPanel } from "../now/modes-panel.tsx";
import { RecentPanel } from "../now/recent-panel.tsx";
import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import type { PageProps } from "../shell/page-props.ts";
import { FaultControl } from "./fault-control.tsx";
import { RecoveryCard } from "./recovery-card.tsx";

const ASK_EVERY_MS = 1_500;

/** In development: break something, and watch what the service does about it. */
export function FaultsPage({ connection }: PageProps) {
  const snapshot = useStore(connection.snapshot);
  useNow();
  const { value, problem, again } = useAsked(() => connection.client.faults.list.query(), "faults", ASK_EVERY_MS);
  return (
    <>
      <PageHead title="Faults">
        <p class="muted small">Development only. What you break here is this server's own.</p>
      </PageHead>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      {value === undefined && problem === undefined && <Notice kind="loading">Asking what can be broken …</Notice>}
      {value !== undefined && (
        <div class="faults">
          <Panel title="Break something">
            <ul class="fault-list">
              {value.map((fault) => (
                <FaultControl key={fault.id} connection={connection} fault={fault} onDone={again} />
              ))}
            </ul>
          </Panel>
          <div class="stack">
            <RecoveryCard connection={connection} />
            {snapshot !== undefined && <HeadlinePanel connection={connection} status={snapshot.status} />}
            <LiveCharts connection={connection} />
            <div class="faults-why">
              {snapshot !== undefined && <ModesPanel status={snapshot.status} />}
              <RecentPanel connection={connection} />
            </div>
          </div>
        </div>
      )}
    </>
  );
}
