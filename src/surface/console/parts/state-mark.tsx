import type { ComponentChildren } from "preact";
import type { Tone } from "./tone.ts";

const SHAPES: Readonly<Record<Tone, preact.JSX.Element>> = {
  good: <circle cx="6" cy="6" r="4.5" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M6 2a4 4 0 0 1 0 8z" />
    </>
  ),
  warn: <path d="M6 1 11.4 10.6H.6z" />,
  bad: <path d="M3.6.8h4.8L11.2 3.6v4.8L8.4 11.2H3.6L.8 8.4V3.6z" />,
  off: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2 1.6" />,
};

export function StateMark({ tone, children }: { readonly tone: Tone; readonly children?: ComponentChildren }) {
  return (
    <span class={`state-mark tone-${tone}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" fill="currentColor" aria-hidden="true">
        {SHAPES[tone]}
      </svg>
      {children !== undefined && <span>{children}</span>}
    </span>
  );
}
