import type { Connection, Link } from "../connection.ts";
import { useStore } from "../data/store.ts";
import { Icon } from "../parts/icon.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import type { Tone } from "../parts/tone.ts";
import { modeTone, modeTitle } from "../now/mode-words.ts";
import { nextTheme, theme } from "./theme.ts";

const LINKS: Readonly<Record<Link, readonly [Tone, string]>> = {
  connecting: ["busy", "connecting"],
  live: ["good", "live"],
  lost: ["bad", "not connected"],
  signed_out: ["warn", "signed out"],
};

/** On every page: what mode is in force, and whether what is shown is current. */
export function Header({ connection, openHelp }: { readonly connection: Connection; readonly openHelp: () => void }) {
  const link = useStore(connection.link);
  const snapshot = useStore(connection.snapshot);
  const chosen = useStore(theme);
  const [tone, words] = LINKS[link];
  const mode = snapshot?.status.currentMode;
  return (
    <header class="header">
      <a class="brand" href="#/now">
        <img src="./console/icon.svg" alt="" width="26" height="26" />
        <span>Holdfast</span>
      </a>
      {mode !== undefined && (
        <a class="header-mode" href="#/now" aria-label={`Mode in force: ${modeTitle(mode)}`}>
          <StateMark tone={modeTone(mode)}>{modeTitle(mode)}</StateMark>
        </a>
      )}
      <div class="header-tools">
        <span class="link-state" role="status">
          <StateMark tone={tone}>{words}</StateMark>
        </span>
        <Account connection={connection} />
        <button type="button" class="tool" onClick={nextTheme} aria-label={`Colours: ${chosen}. Change.`}>
          <Icon name={chosen === "dark" ? "moon" : chosen === "light" ? "sun" : "contrast"} />
        </button>
        <button type="button" class="tool" onClick={openHelp} aria-label="Keyboard shortcuts">
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

/** Who is signed in, where somebody has to be. */
function Account({ connection: { sessions } }: { readonly connection: Connection }) {
  const state = useStore(sessions.state);
  if (state.kind !== "signed_in" || state.session.expiresAt === undefined) return null;
  return (
    <>
      <span class="account muted small">{state.session.principal}</span>
      <button type="button" class="tool" onClick={() => void sessions.signOut()} aria-label="Sign out">
        <Icon name="leave" />
      </button>
    </>
  );
}
