import type { Connection } from "../connection.ts";
import { valueText, wordsOf } from "../data/format.ts";
import { createStore, type Store, useStore } from "../data/store.ts";
import type { TriggerStatus } from "../data/wire.ts";
import type { Action } from "./action.ts";
import { UNAVAILABLE } from "./mode-actions.tsx";

type Definition = TriggerStatus["definition"];

const FIELDS: readonly { readonly key: keyof Definition; readonly words: string; readonly scale: number }[] = [
  { key: "enter", words: "Raised at or above", scale: 1 },
  { key: "enterDwellMs", words: "… for (seconds)", scale: 1_000 },
  { key: "exit", words: "Cleared at or below", scale: 1 },
  { key: "leaveDwellMs", words: "… for (seconds)", scale: 1_000 },
];

/** Changes what a trigger compares with, while the service runs. */
export function thresholdAction(connection: Connection, { trigger, definition }: TriggerStatus): Action {
  const change = createStore<Partial<Definition>>({});
  return {
    title: `Thresholds of ${wordsOf(trigger)}`,
    label: "Change",
    permission: "degradation.configure",
    explains: "In force at once, and kept over a restart. What is raised stays so until the new ones say otherwise.",
    fields: <ThresholdFields definition={definition} change={change} />,
    async perform(reason) {
      const answer = await connection.client.degradation.configure.mutate({ trigger, change: change.get(), reason });
      if (answer.status === "unavailable") return UNAVAILABLE;
      const { enter, exit } = answer.definition;
      return { tone: "good", text: `Raised at ${valueText(enter)}, cleared at ${valueText(exit)}.` };
    },
    verify({ status }) {
      const now = status.triggers.find((known) => known.trigger === trigger)?.definition;
      const wanted = { ...definition, ...change.get() };
      return now !== undefined && FIELDS.every(({ key }) => now[key] === wanted[key])
        ? { tone: "good", text: "The trigger compares with these." }
        : undefined;
    },
  };
}

function ThresholdFields({
  definition,
  change,
}: {
  readonly definition: Definition;
  readonly change: Store<Partial<Definition>>;
}) {
  const wanted = { ...definition, ...useStore(change) };
  return (
    <div class="field-row">
      {FIELDS.map(({ key, words, scale }) => (
        <label class="field" key={key}>
          <span>{words}</span>
          <input
            type="number"
            step="any"
            min="0"
            required
            value={wanted[key] / scale}
            onInput={({ currentTarget }) =>
              change.update((before) => ({ ...before, [key]: Number(currentTarget.value) * scale }))
            }
          />
        </label>
      ))}
    </div>
  );
}
