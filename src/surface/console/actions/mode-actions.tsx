import { MODES, type Mode } from "../../../../machines/contracts/modes.ts";
import type { Connection } from "../connection.ts";
import { timeText } from "../data/format.ts";
import { createStore, type Store, useStore } from "../data/store.ts";
import type { Status } from "../data/wire.ts";
import { modeTitle } from "../now/mode-words.ts";
import type { Action, Said } from "./action.ts";

const MINUTE_MS = 60_000;
const LENGTHS: readonly (readonly [string, number])[] = [
  ["5 minutes", 5 * MINUTE_MS],
  ["15 minutes", 15 * MINUTE_MS],
  ["30 minutes", 30 * MINUTE_MS],
  ["1 hour", 60 * MINUTE_MS],
  ["4 hours", 240 * MINUTE_MS],
  ["24 hours", 1_440 * MINUTE_MS],
];

type Pin = NonNullable<Status["pin"]>;

interface Chosen {
  readonly mode: Mode;
  readonly forMs: number;
}

/** Forces a mode, or another one in the place of the pin that is held. */
export function pinAction(connection: Connection, pin: Pin | undefined): Action {
  const chosen = createStore<Chosen>({ mode: "emergency_mode", forMs: 30 * MINUTE_MS });
  return {
    title: pin === undefined ? "Pin a mode" : "Replace the pin",
    permission: "degradation.pin",
    explains: "The mode stays in force until its time is over or somebody releases it. Breakers go on by themselves.",
    fields: <PinFields chosen={chosen} />,
    async perform(reason) {
      const replaces = pin === undefined ? {} : { replaces: pin.revision };
      const answer = await connection.client.degradation.pin.mutate({ ...chosen.get(), reason, ...replaces });
      if (answer.status === "pinned") return { tone: "good", text: `Pinned until ${timeText(answer.pin.until)}.` };
      return answer.status === "conflict" ? conflict(answer.pin) : UNAVAILABLE;
    },
    verify: ({ status }) =>
      status.pin?.mode === chosen.get().mode && status.currentMode === chosen.get().mode
        ? { tone: "good", text: `${modeTitle(status.currentMode)} is in force, pinned by ${status.pin.owner}.` }
        : undefined,
  };
}

function PinFields({ chosen }: { readonly chosen: Store<Chosen> }) {
  const { mode, forMs } = useStore(chosen);
  const choose = (change: Partial<Chosen>): void => chosen.update((before) => ({ ...before, ...change }));
  return (
    <div class="field-row">
      <label class="field">
        <span>Mode</span>
        <select value={mode} onChange={({ currentTarget }) => choose({ mode: modeOf(currentTarget.value) })}>
          {MODES.map((each) => (
            <option key={each} value={each}>
              {modeTitle(each)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>For</span>
        <select value={String(forMs)} onChange={({ currentTarget }) => choose({ forMs: Number(currentTarget.value) })}>
          {LENGTHS.map(([words, ms]) => (
            <option key={ms} value={String(ms)}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

export function releaseAction(connection: Connection, pin: Pin): Action {
  return {
    title: "Release the pin",
    permission: "degradation.pin",
    explains: `${modeTitle(pin.mode)} is no longer forced; the modes that answer to what is measured take over.`,
    async perform(reason) {
      const answer = await connection.client.degradation.release.mutate({ reason, expected: pin.revision });
      if (answer.status === "released") return { tone: "good", text: "Released." };
      return answer.status === "conflict" ? conflict(answer.pin) : UNAVAILABLE;
    },
    verify: ({ status }) =>
      status.pin === undefined
        ? { tone: "good", text: `No pin is held; ${modeTitle(status.currentMode)} is in force.` }
        : undefined,
  };
}

const modeOf = (text: string): Mode => MODES.find((mode) => mode === text) ?? "normal";

const conflict = (pin: Pin | null): Said => ({
  tone: "bad",
  text:
    pin === null
      ? "Nothing was changed: the pin is gone already."
      : `Nothing was changed: ${pin.owner} holds a pin to ${modeTitle(pin.mode)} meanwhile.`,
});

export const UNAVAILABLE: Said = {
  tone: "bad",
  text: "Nothing was changed: the actor that would do it is being restarted. Try again in a moment.",
};
