import { createStore } from "../data/store.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT_AS = "holdfast.theme";

/** What the reader chose; `system` follows the machine. */
export const theme = createStore<Theme>(readKept());

/** Says it to the style sheet, now and at each change. */
export function applyTheme(): void {
  const apply = (): void => void (document.documentElement.dataset["theme"] = theme.get());
  apply();
  theme.subscribe(() => {
    apply();
    try {
      localStorage.setItem(KEPT_AS, theme.get());
    } catch {
      // A browser that keeps nothing shows what was chosen until the page is closed.
    }
  });
}

export const nextTheme = (): void =>
  theme.update((now) => THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? "system");

function readKept(): Theme {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return THEMES.find((known) => known === kept) ?? "system";
  } catch {
    return "system";
  }
}
