import { useStore } from "../data/store.ts";
import { PageHead } from "../parts/page-head.tsx";
import type { PageProps } from "../shell/page-props.ts";
import { place } from "../shell/router.ts";
import { LanesPanel } from "./lanes-panel.tsx";
import { OperationList } from "./operation-list.tsx";
import { LISTED_STATES, type ListedState } from "./operation-words.ts";
import { QueuePanel } from "./queue-panel.tsx";
import { OperationSearch } from "./search.tsx";
import { StateTabs } from "./state-tabs.tsx";
import { StoryPanel } from "./story-panel.tsx";

/** What was accepted and has not ended, by states and lanes; and the story of one operation, ended or not. */
export function OperationsPage({ connection }: PageProps) {
  const { rest: operationId, query } = useStore(place);
  const state = stateOf(query.get("state"));
  const isLanes = query.get("view") === "lanes";
  return (
    <>
      <PageHead title="Operations">
        <OperationSearch isFocused={query.has("search")} />
      </PageHead>
      <div class="stack">
        <QueuePanel connection={connection} />
        <div class={operationId === "" ? "operations" : "operations has-story"}>
          <section class="panel operations-list" aria-label="Operations that have not ended">
            <StateTabs connection={connection} state={state} isLanes={isLanes} operationId={operationId} />
            {isLanes ? (
              <LanesPanel connection={connection} />
            ) : (
              <OperationList key={state} connection={connection} state={state} selected={operationId} />
            )}
          </section>
          {operationId !== "" && (
            <StoryPanel key={operationId} connection={connection} operationId={operationId} state={state} />
          )}
        </div>
      </div>
    </>
  );
}

const stateOf = (text: string | null): ListedState => LISTED_STATES.find((known) => known === text) ?? "ready";
