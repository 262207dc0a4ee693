import { eventInWords, inWords } from "./edge-words.ts";
import type { PossibleEvent } from "./machine-data.ts";

/** What an actor would react to now, and what its guards say; nothing was sent to find out. */
export function PossibleEvents({ events }: { readonly events: readonly PossibleEvent[] }) {
  const shown = events.filter(({ event }) => event !== "resume");
  if (shown.length === 0) return <p class="muted">Nothing moves it any more: it has reached an end.</p>;
  return (
    <ul class="possible-events">
      {shown.map((possible) => (
        <li
          key={`${possible.kind} ${possible.event} ${possible.edges[0]?.edge ?? ""}`}
          class={possible.possible ? "" : "is-shut"}
        >
          <span class="mono">{eventInWords(possible)}</span>
          <ul>
            {possible.edges.map(({ edge, guard, holds, target }) => (
              <li key={edge} data-possible-edge={edge}>
                {guard !== undefined && <Guard name={guard} holds={holds} />}
                <span class="muted">→ {target === null ? "stays" : <span class="mono">{target}</span>}</span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

const SAYS = {
  true: ["✓", "holds now", "guard-holds"],
  false: ["✕", "does not hold now", "guard-fails"],
  "depends on the event": ["?", "depends on the event", "guard-open"],
} as const;

function Guard({ name, holds }: { readonly name: string; readonly holds: PossibleEvent["edges"][number]["holds"] }) {
  const [mark, words, look] = SAYS[String(holds) as keyof typeof SAYS];
  return (
    <span class={`guard ${look}`}>
      <span aria-hidden="true">{mark}</span> [{inWords(name)}]<span class="guard-says"> {words}</span>{" "}
    </span>
  );
}
