import { durationText, fineTimeText } from "../data/format.ts";
import type { PastTransition } from "../machines/machine-data.ts";
import { Panel } from "../parts/panel.tsx";

/** One transition beside the moment that is shown: the last one before it, or what changed next. */
export function ChangeCard({
  title,
  none,
  transition,
  at,
  href,
  go,
}: {
  readonly title: string;
  readonly none: string;
  readonly transition: PastTransition | undefined;
  /** The moment that is shown. */
  readonly at: number;
  readonly href: (actor: string) => string;
  /** Goes to right after it; absent where that is what is shown. */
  readonly go?: () => void;
}) {
  if (transition === undefined)
    return (
      <Panel title={title} class="change-card">
        <p class="muted">{none}</p>
      </Panel>
    );
  const { machine, from, to, explanation, at: then } = transition;
  const distance = Math.abs(then - at);
  return (
    <Panel
      title={title}
      note={`${fineTimeText(then)} · ${distance === 0 ? "at this moment" : `${durationText(distance)} ${then < at ? "before" : "later"}`}`}
      class="change-card"
      tools={
        go !== undefined && (
          <button type="button" class="button button-small" onClick={go}>
            Go there
          </button>
        )
      }
    >
      <p>
        <a href={href(machine)}>{machine}</a> <span class="mono">{from}</span> → <strong class="mono">{to}</strong>
      </p>
      <p class="small muted">{explanation}</p>
    </Panel>
  );
}
