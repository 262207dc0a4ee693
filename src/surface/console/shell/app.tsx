import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ActionHost } from "../actions/action-host.tsx";
import type { Connection } from "../connection.ts";
import { useStore } from "../data/store.ts";
import { Header } from "./header.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { Navigation } from "./navigation.tsx";
import { PAGES } from "./pages.ts";
import { go, place } from "./router.ts";
import { SignIn } from "./sign-in.tsx";
import { type Shortcut, useShortcuts } from "./shortcuts.ts";
import { nextTheme } from "./theme.ts";

/** The frame around every page. */
export function App({ connection }: { readonly connection: Connection }) {
  const { path } = useStore(place);
  const who = useStore(connection.sessions.state);
  const page = PAGES.find((known) => known.path === path) ?? PAGES[0];
  const [isHelpOpen, openHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  const seen = useRef(page.path);

  useEffect(() => {
    document.title = `${page.title} · Holdfast`;
    // Whoever navigated by keyboard or hears the page goes on at its beginning, and not at the link that was left.
    if (seen.current !== page.path) main.current?.focus({ preventScroll: false });
    seen.current = page.path;
  }, [page]);

  const shortcuts = useMemo<readonly Shortcut[]>(
    () => [
      ...PAGES.map(({ key, title, path: to }) => ({ keys: `g ${key}`, does: `Go to ${title}`, run: () => go(to) })),
      { keys: "/", does: "Search an operation", run: () => go("operations", "", { search: "" }) },
      { keys: "d", does: "Light, dark, as the system", run: nextTheme },
      { keys: "?", does: "This list", run: () => openHelp(true) },
    ],
    [],
  );
  useShortcuts(shortcuts);

  const Shown = page.component;
  return (
    <div class="frame">
      <a
        class="skip-link"
        href="#content"
        onClick={(event) => {
          // The fragment is the place; the link must not change it.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Header connection={connection} openHelp={() => openHelp(true)} />
      <Navigation current={page} />
      <main id="content" class="content" tabIndex={-1} ref={main} aria-labelledby="page-title">
        {who.kind === "signed_out" ? (
          <SignIn sessions={connection.sessions} why={who.why} />
        ) : (
          <Shown connection={connection} />
        )}
      </main>
      <ActionHost connection={connection} />
      <HelpDialog shortcuts={shortcuts} isOpen={isHelpOpen} close={() => openHelp(false)} />
    </div>
  );
}
