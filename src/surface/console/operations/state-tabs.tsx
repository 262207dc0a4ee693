import type { Connection } from "../connection.ts";
import { countText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import { hrefOf } from "../shell/router.ts";
import { LISTED_STATES, type ListedState, STATE_MEANS } from "./operation-words.ts";

/** The states with how many are in each, and the lanes. */
export function StateTabs({
  connection,
  state,
  isLanes,
  operationId,
}: {
  readonly connection: Connection;
  readonly state: ListedState;
  readonly isLanes: boolean;
  readonly operationId: string;
}) {
  const snapshot = useStore(connection.snapshot);
  return (
    <nav class="tabs" aria-label="States of operations">
      {LISTED_STATES.map((each) => (
        <a
          key={each}
          href={hrefOf("operations", operationId, { state: each })}
          aria-current={!isLanes && each === state ? "true" : undefined}
          title={STATE_MEANS[each]}
        >
          {each} <b class="figure">{snapshot === undefined ? "–" : countText(snapshot.status.queue[each])}</b>
        </a>
      ))}
      <a href={hrefOf("operations", operationId, { view: "lanes" })} aria-current={isLanes ? "true" : undefined}>
        lanes
      </a>
    </nav>
  );
}
