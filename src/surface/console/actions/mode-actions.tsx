import { useState } from "preact/hooks";
import { MODES, type Mode } from "../../../../machines/contracts/modes.ts";
import type { Connection } from "../connection.ts";
import { timeText } from "../data/format.ts";
import type { Status } from "../data/wire.ts";
import { modeTitle } from "../now/mode-words.ts";
import type { Action, Said } from "./action.ts";
import { ActionButton } from "./action-button.tsx";

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

/** Forces a mode, or another one in the place of the pin that is held. */
export function PinButton({ connection, pin }: { readonly connection: Connection; readonly pin: Pin | undefined }) {
  const [mode, setMode] = useState<Mode>("emergency_mode");
  const [forMs, setForMs] = useState(30 * MINUTE_MS);
  const action: Action = {
    title: pin === undefined ? "Pin a mode" : "Replace the pin",
    permission: "degradation.pin",
    explains: "The mode stays in force until its time is over or somebody releases it. Breakers go on by themselves.",
    fields: (
      <div class="field-row">
        <label class="field">
          <span>Mode</span>
          <select value={mode} onChange={({ currentTarget }) => setMode(modeOf(currentTarget.value))}>
            {MODES.map((each) => (
              <option key={each} value={each}>
                {modeTitle(each)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>For</span>
          <select value={String(forMs)} onChange={({ currentTarget }) => setForMs(Number(currentTarget.value))}>
            {LENGTHS.map(([words, ms]) => (
              <option key={ms} value={String(ms)}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
    ),
    async perform(reason) {
      const replaces = pin === undefined ? {} : { replaces: pin.revision };
      const answer = await connection.client.degradation.pin.mutate({ mode, forMs, reason, ...replaces });
      if (answer.status === "pinned") return { tone: "good", text: `Pinned until ${timeText(answer.pin.until)}.` };
      return answer.status === "conflict" ? conflict(answer.pin) : UNAVAILABLE;
    },
    verify: ({ status }) =>
      status.pin?.mode === mode && status.currentMode === mode
        ? { tone: "good", text: `${modeTitle(mode)} is in force, pinned by ${status.pin.owner}.` }
        : undefined,
  };
  return <ActionButton connection={connection} action={action} />;
}

export function ReleaseButton({ connection, pin }: { readonly connection: Connection; readonly pin: Pin }) {
  const action: Action = {
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
  return <ActionButton connection={connection} action={action} isMain />;
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
