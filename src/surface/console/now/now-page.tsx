import { useNow } from "../data/clock.ts";
import { timeText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import type { PageProps } from "../shell/page-props.ts";
import { AlertsPanel } from "./alerts-panel.tsx";
import { DependenciesPanel } from "./dependencies-panel.tsx";
import { HeadlinePanel } from "./headline-panel.tsx";
import { IncidentsPanel } from "./incidents-panel.tsx";
import { LiveCharts } from "./live-charts.tsx";
import { ModesPanel } from "./modes-panel.tsx";
import { RecentPanel } from "./recent-panel.tsx";
import { SwitchesPanel } from "./switches-panel.tsx";
import { Tiles } from "./tiles.tsx";
import { TriggersPanel } from "./triggers-panel.tsx";

/** How the service is at this moment, why, and what can be done about it. */
export function NowPage({ connection }: PageProps) {
  const snapshot = useStore(connection.snapshot);
  const link = useStore(connection.link);
  useNow();
  if (snapshot === undefined)
    return (
      <>
        <PageHead title="Now" />
        {link === "lost" ? (
          <Notice kind="error">The server does not answer. It is asked again every second.</Notice>
        ) : (
          <Notice kind="loading">Asking how the service is …</Notice>
        )}
      </>
    );
  const { status, at } = snapshot;
  return (
    <>
      <h1 id="page-title" class="visually-hidden">
        Now
      </h1>
      {link === "lost" && (
        <Notice kind="error">
          The server does not answer. What follows is as of {timeText(at)} and may be wrong by now.
        </Notice>
      )}
      <div class={`now stack ${link === "lost" ? "is-old" : ""}`}>
        <HeadlinePanel connection={connection} status={status} />
        <Tiles connection={connection} status={status} />
        <LiveCharts connection={connection} />
        <div class="now-columns">
          <div class="stack">
            <ModesPanel status={status} />
            <DependenciesPanel connection={connection} status={status} />
            <TriggersPanel connection={connection} status={status} />
          </div>
          <div class="stack">
            <AlertsPanel connection={connection} />
            <IncidentsPanel connection={connection} status={status} />
            <RecentPanel connection={connection} />
            <SwitchesPanel connection={connection} status={status} />
          </div>
        </div>
      </div>
    </>
  );
}
