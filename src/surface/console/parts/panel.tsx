import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A part of a page under its own heading. */
export function Panel({
  title,
  note,
  tools,
  class: more = "",
  children,
}: {
  readonly title: string;
  /** Beside the title: a count, a unit. */
  readonly note?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={`panel ${more}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span class="panel-note">{note}</span>}
        {tools !== undefined && <div class="panel-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}
