import { causeLinks } from "./cause-words.ts";
import type { Cause } from "./machine-data.ts";

/** Why, as sentences, nearest cause first. An actor that can be shown is a link. */
export function CauseChain({
  cause,
  hrefTo,
}: {
  readonly cause: Cause | undefined;
  /** Undefined for whom there is nothing to show: a person, the process. */
  readonly hrefTo: (actor: string) => string | undefined;
}) {
  const links = causeLinks(cause);
  if (links.length === 0) return <p class="muted">No cause is stored from that time.</p>;
  return (
    <ol class="cause-chain">
      {links.map(({ actor, what, values }, index) => {
        const href = hrefTo(actor);
        return (
          <li key={`${index} ${actor}`}>
            <span>
              {index === 0 ? "Because " : "and that because "}
              <strong>{what}</strong>
            </span>
            <span class="small muted">
              {" — "}
              {href === undefined ? (
                <span class="mono">{actor}</span>
              ) : (
                <a class="mono" href={href}>
                  {actor}
                </a>
              )}
              {values !== "" && `: ${values}`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
