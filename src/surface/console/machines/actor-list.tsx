import { useState } from "preact/hooks";
import { inFamilies, isFound, nameWithin } from "./actor-words.ts";
import type { ActorView } from "./machine-data.ts";
import { StateChip } from "./state-chip.tsx";

const RESTING = { title: "Not at work now", machines: [] };

/** Everybody by family, with what they are doing; found by words of their name or state. */
export function ActorList({
  actors,
  chosen,
  hrefTo,
  resting = [],
}: {
  readonly actors: readonly ActorView[];
  readonly chosen: string | undefined;
  readonly hrefTo: (id: string) => string;
  /** Machines of which nobody lives, as actors without a state. */
  readonly resting?: readonly ActorView[];
}) {
  const [search, setSearch] = useState("");
  const groups = inFamilies(actors.filter((actor) => isFound(actor, search)));
  const others = resting.filter((actor) => isFound(actor, search));
  const found = others.length === 0 ? groups : [...groups, { family: RESTING, actors: others }];
  return (
    <nav class="actor-list panel" aria-label="Actors">
      <input
        class="input"
        type="search"
        placeholder="Search: graph, open, …"
        aria-label="Search actors by name or state"
        value={search}
        onInput={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {found.length === 0 && <p class="muted small">Nobody is called that, and nobody is in such a state.</p>}
      {found.map(({ family, actors: members }) => (
        <section key={family.title} aria-label={family.title}>
          <h2 class="actor-family">{family.title}</h2>
          <ul>
            {members.map((actor) => (
              <li key={actor.id}>
                <a
                  class="actor-link"
                  href={hrefTo(actor.id)}
                  aria-current={actor.id === chosen ? "true" : undefined}
                  data-actor={actor.id}
                  title={actor.id}
                >
                  <span class="actor-name">{nameWithin(family, actor)}</span>
                  <StateChip actor={actor} />
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
