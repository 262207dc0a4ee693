import { useMemo } from "preact/hooks";
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
import type { ActorView, MachineDefinition } from "./machine-data.ts";
import { StateChip } from "./state-chip.tsx";
import { StreamPanel } from "./stream-panel.tsx";

const hrefTo = (id: string): string => hrefOf("machines", id);

/** Every actor of the control plane, drawn from its own machine, as it is now. */
export function MachinesPage({ connection }: PageProps) {
  const { rest: asked } = useStore(place);
  const { actors, taken } = useLiveActors(connection);
  const definitions = useDefinitions(connection);
  const resting = restingOf(definitions ?? [], actors ?? []);
  const chosen =
    asked === "" ? mostInteresting(actors ?? []) : [...(actors ?? []), ...resting].find(({ id }) => id === asked);
  const alive = actors?.find(({ id }) => id === chosen?.id)?.id;
  const live = useLiveActor(connection, alive);
  const holds = useMemo(() => holdsOf(live), [live]);
  const before = useEdgeTakenBefore(connection, alive);
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
        <ActorList actors={actors} resting={resting} chosen={chosen?.id} hrefTo={hrefTo} />
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
                holds={holds}
              />
            </section>
          )}
          {chosen !== undefined && !resting.includes(chosen) && (
            <ActorDetails actor={chosen} live={live} actors={actors} hrefTo={hrefTo} />
          )}
          <div class={`machines-side${alive === undefined ? " wide" : ""}`}>
            <StreamPanel connection={connection} actor={chosen?.id} />
            {definition !== undefined && <AboutMachine definition={definition} />}
          </div>
        </div>
      </div>
    </>
  );
}

/** Machines of which nobody lives at the moment can be read all the same. */
const restingOf = (definitions: readonly MachineDefinition[], actors: readonly ActorView[]): readonly ActorView[] =>
  definitions
    .filter(({ id }) => actors.every(({ machine }) => machine !== id))
    .map(({ id }) => ({ id, machine: id, state: [], fallen: false }));
