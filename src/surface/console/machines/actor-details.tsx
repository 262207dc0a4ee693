import { useNow } from "../data/clock.ts";
import { durationText, fineTimeText, passingText, timeText } from "../data/format.ts";
import { Panel } from "../parts/panel.tsx";
import { relatedTo, spaced } from "./cause-words.ts";
import { CauseChain } from "./cause-chain.tsx";
import type { ActorView, LiveActorWithEvents } from "./machine-data.ts";
import { PossibleEvents } from "./possible-events.tsx";
import { StateChip } from "./state-chip.tsx";

interface DetailsProps {
  readonly actor: ActorView;
  /** Only of an actor that lives now. */
  readonly live: LiveActorWithEvents | undefined;
  readonly actors: readonly ActorView[];
  readonly hrefTo: (id: string) => string;
  /** The moment that is shown; undefined for now. */
  readonly at?: number;
}

/** All that there is to read of one actor beside its chart. */
export function ActorDetails({ actor, live, actors, hrefTo, at }: DetailsProps) {
  const link = (id: string): string | undefined => (actors.some((other) => other.id === id) ? hrefTo(id) : undefined);
  const related = relatedTo(actor, actors);
  const facts = Object.entries(live?.facts ?? actor.facts ?? {});
  return (
    <div class="actor-details">
      <Panel title="Why" note={<Since actor={actor} at={at} />}>
        <CauseChain cause={actor.cause} hrefTo={link} />
        {actor.fallen && <p class="notice-error">It has crashed; its supervisor starts it again.</p>}
        {(actor.restarts ?? 0) > 0 && (
          <p class="small muted">Restarted {actor.restarts} times since it last lived for a while.</p>
        )}
      </Panel>
      {live !== undefined && (
        <Panel title="Possible now" note="nothing is sent to find out">
          <PossibleEvents events={live.events} />
        </Panel>
      )}
      {facts.length > 0 && (
        <Panel title="What it knows">
          <dl class="actor-facts">
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{spaced(name.replace(/Ms$/, ""))}</dt>
                <dd class="mono">{inFactWords(name, value)}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
      {related.length > 0 && (
        <Panel title="Related">
          <ul class="actor-related">
            {related.map((other) => (
              <li key={other.id}>
                <a href={hrefTo(other.id)}>{other.id}</a> <StateChip actor={other} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

/** A moment is a number so large that nothing else is. */
const FIRST_MOMENT = 1_000_000_000_000;

/** Names of moments end so, or are these: what the machines call them. */
const MOMENT = /^(at|since|until|deadline|dwellFrom)$|At$/;

function inFactWords(name: string, value: string | number | boolean): string {
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (typeof value !== "number") return String(value);
  if (MOMENT.test(last) && value >= FIRST_MOMENT) return fineTimeText(value);
  return last.endsWith("Ms") ? durationText(value) : String(Math.round(value * 1_000) / 1_000);
}

/** Since when it is in its state, and when the delay under way ends. */
function Since({ actor, at }: { readonly actor: ActorView; readonly at: number | undefined }) {
  const now = useNow();
  const { since, deadline } = actor;
  const moment = at ?? now;
  if (since === undefined) return <>from before the first stored transition</>;
  return (
    <>
      since <time dateTime={new Date(since).toISOString()}>{timeText(since)}</time> ({passingText(moment - since)})
      {deadline !== undefined && at === undefined && (
        <strong class="deadline">
          {" "}
          {deadline > now ? `· its time ends in ${passingText(deadline - now)}` : "· its time is over"}
        </strong>
      )}
    </>
  );
}
