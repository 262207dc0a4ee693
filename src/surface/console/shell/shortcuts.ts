import { useEffect } from "preact/hooks";
import { createStore } from "../data/store.ts";

/** Keys that do something, as the help lists them: `g n`, `?`. */
export interface Shortcut {
  readonly keys: string;
  readonly does: string;
  run(): void;
}

/** Readers whose tools need single keys for themselves can switch ours off. */
export const areShortcutsOn = createStore(true);

const SECOND_KEY_WITHIN_MS = 1_200;

/** Listens for the page's keys; never while somebody writes. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    let first = "";
    let firstAt = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (!areShortcutsOn.get() || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const since = event.timeStamp - firstAt;
      const typed = first !== "" && since < SECOND_KEY_WITHIN_MS ? `${first} ${event.key}` : event.key;
      const found = shortcuts.find(({ keys }) => keys === typed) ?? shortcuts.find(({ keys }) => keys === event.key);
      [first, firstAt] = found === undefined ? [event.key, event.timeStamp] : ["", 0];
      if (found === undefined) return;
      event.preventDefault();
      found.run();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [shortcuts]);
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.closest("input, textarea, select, dialog[open]") !== null || target.isContentEditable);
