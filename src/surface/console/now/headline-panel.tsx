import { MODES } from "../../../../machines/contracts/modes.ts";
import { ActionButton } from "../actions/action-button.tsx";
import { pinAction, releaseAction } from "../actions/mode-actions.tsx";
import type { Connection } from "../connection.ts";
import { passingText, timeText } from "../data/format.ts";
import type { Status } from "../data/wire.ts";
import { Icon } from "../parts/icon.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { headlineOf } from "./headline.ts";
import { modeTitle, modeTone } from "./mode-words.ts";

/** The one thing that is read when there is no time for more. */
export function HeadlinePanel({ connection, status }: { readonly connection: Connection; readonly status: Status }) {
  const { tone, title, detail } = headlineOf(status);
  const { pin, since, modes } = status;
  const lit = new Set(modes.map(({ mode }) => mode));
  return (
    <section class={`headline panel headline-${tone}`} aria-label="How the service is">
      <div class="headline-words">
        <h2>
          <StateMark tone={tone}>{title}</StateMark>
        </h2>
        <p>{detail}</p>
        {since !== undefined && (
          <p class="muted small figure">
            {modeTitle(status.currentMode)} since {timeText(since)}, for {passingText(Date.now() - since)}
          </p>
        )}
      </div>
      <div class="headline-actions">
        {pin !== undefined && <ActionButton connection={connection} action={releaseAction(connection, pin)} isMain />}
        <ActionButton connection={connection} action={pinAction(connection, pin)} />
      </div>
      {pin !== undefined && (
        <p class="pin-line">
          <Icon name="pin" />
          <span>
            Pinned to {modeTitle(pin.mode)} by <b>{pin.owner}</b> until {timeText(pin.until)} (
            {passingText(pin.until - Date.now())} left{status.pinState === "expiring" ? ", about to end" : ""}):{" "}
            {pin.reason}
          </span>
        </p>
      )}
      <ul class="lamps" aria-label="Modes">
        {MODES.map((mode) => {
          const isLit = lit.has(mode);
          const yielded = status.yielded?.some((each) => each.mode === mode) === true;
          return (
            <li
              key={mode}
              class={isLit ? `lamp is-lit lamp-${modeTone(mode)}` : "lamp"}
              data-mode={mode}
              data-lit={isLit}
            >
              <StateMark tone={isLit ? modeTone(mode) : "off"}>{modeTitle(mode)}</StateMark>
              <span class="small">{isLit ? "in force" : yielded ? "would be, but for the pin" : "not in force"}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
