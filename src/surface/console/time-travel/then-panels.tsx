import { useEffect, useMemo } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { createStore, useStore } from "../data/store.ts";
import { ActorChart } from "../machines/actor-chart.tsx";
import { ActorDetails } from "../machines/actor-details.tsx";
import { ActorList } from "../machines/actor-list.tsx";
import { mostInteresting } from "../machines/actor-words.ts";
import type { MachineDefinition, PastMoment, TakenEdge } from "../machines/machine-data.ts";
import { StateChip } from "../machines/state-chip.tsx";
import { Panel } from "../parts/panel.tsx";
import { ChangeCard } from "./change-card.tsx";
import type { Moment } from "./past.ts";
import { SystemThen } from "./system-then.tsx";

/** Everything of a moment: the same parts that show what is now. */
export function ThenPanels({
  connection,
  moment,
  isCurrent,
  shown,
  asked,
  definitions,
  hrefTo,
  goOn,
}: {
  readonly connection: Connection;
  readonly moment: PastMoment;
  /** False while the moment that was chosen is being read, and this is still the one before. */
  readonly isCurrent: boolean;
  readonly shown: Moment;
  readonly asked: string | undefined;
  readonly definitions: readonly MachineDefinition[];
  readonly hrefTo: (id: string) => string;
  readonly goOn: () => void;
}) {
  const { actors, previous, next } = moment;
  const chosen = actors.find(({ id }) => id === asked) ?? mostInteresting(actors);
  const taken = useEdgeInto(connection, chosen, moment);
  return (
    <div class={`then${isCurrent ? "" : " is-waiting"}`} aria-busy={!isCurrent}>
      <Panel title="The service then">
        <SystemThen moment={moment} hrefTo={hrefTo} />
      </Panel>
      <div class="then-changes">
        <ChangeCard
          title="What led here"
          none="Nothing is stored from before."
          transition={previous}
          at={shown.at}
          href={hrefTo}
        />
        <ChangeCard
          title="What changed next"
          none="Nothing since: this is how it still is."
          transition={next}
          at={shown.at}
          href={hrefTo}
          go={goOn}
        />
      </div>
      <div class="machines">
        <ActorList actors={actors} chosen={chosen?.id} hrefTo={hrefTo} />
        {chosen !== undefined && (
          <div class="machines-main">
            <section class="panel statechart-panel" aria-labelledby="chart-title">
              <div class="panel-head">
                <h2 id="chart-title">{chosen.id}</h2>
                <StateChip actor={chosen} />
              </div>
              <ActorChart
                key={chosen.id}
                actor={chosen}
                definition={definitions.find(({ id }) => id === chosen.machine)}
                taken={taken}
              />
            </section>
            <div class="wide">
              <ActorDetails actor={chosen} live={undefined} actors={actors} hrefTo={hrefTo} at={shown.at} />
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

/** The edge by which an actor came to the state that it had: it flashes where that is what led to this moment. */
function useEdgeInto(
  { client }: Connection,
  actor: PastMoment["actors"][number] | undefined,
  { previous }: PastMoment,
): TakenEdge | undefined {
  const store = useMemo(() => createStore<TakenEdge | undefined>(undefined), [actor?.id, actor?.eventId]);
  const isPrevious = previous !== undefined && previous.eventId === actor?.eventId;
  useEffect(() => {
    if (isPrevious || actor?.eventId === undefined || actor.since === undefined) return;
    client.machines.transitions.query({ machine: actor.id, to: actor.since, limit: 10 }).then(
      ({ rows }) => {
        const into = rows.find(({ eventId }) => eventId === actor.eventId);
        if (into?.edge !== undefined) store.set({ edge: into.edge, key: into.eventId, isOld: true });
      },
      () => {
        // Then none is marked.
      },
    );
  }, [store, isPrevious]);
  const older = useStore(store);
  if (!isPrevious) return older;
  return previous.edge === undefined ? undefined : { edge: previous.edge, key: previous.eventId };
}
