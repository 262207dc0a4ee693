import { useStore } from "../data/store.ts";
import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import type { PageProps } from "../shell/page-props.ts";
import { hrefOf, place } from "../shell/router.ts";
import { AboutMachine } from "./about-machine.tsx";
import { ActorChart } from "./actor-chart.tsx";
import { ActorDetails } from "./actor-details.tsx";
import { ActorList } from "./actor-list.tsx";
import { mostInteresting } from "./actor-words.ts";
import { useDefinitions } from "./definitions.ts";
import { holdsOf, useEdgeTakenBefore, useLiveActor, useLiveActors } from "./live-actors.ts";
import { StateChip } from "./state-chip.tsx";
import { StreamPanel } from "./stream-panel.tsx";

const hrefTo = (id: string): string => hrefOf("machines", id);

/** Every actor of the control plane, drawn from its own machine, as it is now. */
export function MachinesPage({ connection }: PageProps) {
  const { rest: asked } = useStore(place);
  const { actors, taken } = useLiveActors(connection);
  const definitions = useDefinitions(connection);
  const chosen = actors?.find(({ id }) => id === asked) ?? (asked === "" ? mostInteresting(actors ?? []) : undefined);
  const live = useLiveActor(connection, chosen?.id);
  const before = useEdgeTakenBefore(connection, chosen?.id);
  if (actors === undefined || definitions === undefined)
    return (
      <>
        <PageHead title="Machines" />
        <Notice kind="loading">Asking for the machines.</Notice>
      </>
    );
  const definition = definitions.find(({ id }) => id === chosen?.machine);
  return (
    <>
      <PageHead title="Machines">
        <a class="button" href={hrefOf("time-travel")}>
          Time travel
        </a>
      </PageHead>
      <div class={`machines${asked === "" ? " is-unchosen" : ""}`}>
        <ActorList actors={actors} chosen={chosen?.id} hrefTo={hrefTo} />
        <div class="machines-main">
          {chosen === undefined ? (
            <Notice kind="empty">{asked} is not there now: it lives only while somebody needs it.</Notice>
          ) : (
            <section class="panel statechart-panel" aria-labelledby="chart-title">
              <div class="panel-head">
                <a class="statechart-back" href={hrefOf("machines")}>
                  All actors
                </a>
                <h2 id="chart-title">{chosen.id}</h2>
                <StateChip actor={chosen} />
              </div>
              <ActorChart
                key={chosen.id}
                actor={chosen}
                definition={definition}
                taken={taken.get(chosen.id) ?? before}
                holds={holdsOf(live)}
              />
            </section>
          )}
          {chosen !== undefined && <ActorDetails actor={chosen} live={live} actors={actors} hrefTo={hrefTo} />}
          <div class="machines-side">
            <StreamPanel connection={connection} actor={chosen?.id} />
            {definition !== undefined && <AboutMachine definition={definition} />}
          </div>
        </div>
      </div>
    </>
  );
}
