import { StateMark } from "../parts/state-mark.tsx";
import { modeTitle, modeTone } from "../now/mode-words.ts";
import { nameWithin, toneOf } from "../machines/actor-words.ts";
import { type ActorView, type PastMoment, stateOf } from "../machines/machine-data.ts";
import { StateChip } from "../machines/state-chip.tsx";

/** What a reader asks first of a moment: which modes, which dependencies, what was wrong, what was done about it. */
export function SystemThen({
  moment: { currentMode, modes, actors },
  hrefTo,
}: {
  readonly moment: PastMoment;
  readonly hrefTo: (id: string) => string;
}) {
  const of = (machine: string): readonly ActorView[] => actors.filter((actor) => actor.machine === machine);
  const inForce = modes.filter(({ mode }) => mode !== "normal");
  const pins = of("pin").filter((actor) => stateOf(actor) !== "free");
  return (
    <dl class="system-then">
      <div>
        <dt>Mode in force</dt>
        <dd>
          <StateMark tone={modeTone(currentMode)}>{modeTitle(currentMode)}</StateMark>
          {inForce.map(({ mode, machine }) => (
            <a key={machine} class="small" href={hrefTo(machine)}>
              {machine === mode || machine === "pin" ? modeTitle(mode) : machine.replaceAll("_", " ")}
              {machine === "pin" && " (pinned)"}
            </a>
          ))}
        </dd>
      </div>
      <Group title="Breakers" machine="breaker" actors={of("breaker")} none="none" hrefTo={hrefTo} />
      <Group
        title="Triggers"
        machine="trigger"
        actors={of("trigger").filter((actor) => toneOf(actor) === "warn" || toneOf(actor) === "bad")}
        none="all clear"
        hrefTo={hrefTo}
      />
      <Group
        title="Incidents"
        machine="incident"
        actors={of("incident").filter((actor) => toneOf(actor) !== "off")}
        none="none under way"
        hrefTo={hrefTo}
      />
      {pins.length > 0 && <Group title="Pin" machine="pin" actors={pins} none="" hrefTo={hrefTo} />}
    </dl>
  );
}

function Group({
  title,
  machine,
  actors,
  none,
  hrefTo,
}: {
  readonly title: string;
  readonly machine: string;
  readonly actors: readonly ActorView[];
  readonly none: string;
  readonly hrefTo: (id: string) => string;
}) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {actors.length === 0 && <span class="muted">{none}</span>}
        {actors.map((actor) => (
          <a key={actor.id} href={hrefTo(actor.id)} data-then={actor.id}>
            {nameWithin({ title, machines: [machine] }, actor)} <StateChip actor={actor} />
          </a>
        ))}
      </dd>
    </div>
  );
}
