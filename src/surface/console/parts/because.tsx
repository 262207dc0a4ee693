import { valueText, wordsOf } from "../data/format.ts";
import type { Cause } from "../data/wire.ts";

/** What led to something, and what led to that. Texts of others are text here, whatever is in them. */
export function Because({ cause }: { readonly cause: Cause }) {
  const chain: Cause[] = [];
  for (let next: Cause | undefined = cause; next !== undefined; next = next.because) chain.push(next);
  return (
    <ol class="because">
      {chain.map(({ actor, what, values }) => (
        <li key={`${actor} ${what}`}>
          <span>{what}</span> <span class="muted small">{actor}</span>
          {values !== undefined && <Values values={values} />}
        </li>
      ))}
    </ol>
  );
}

function Values({ values }: { readonly values: NonNullable<Cause["values"]> }) {
  return (
    <span class="values">
      {Object.entries(values).map(([name, value]) => (
        <span key={name}>
          {wordsOf(name)} <b>{typeof value === "number" ? valueText(value) : String(value)}</b>
        </span>
      ))}
    </span>
  );
}
