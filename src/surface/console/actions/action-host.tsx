import type { Connection } from "../connection.ts";
import { createStore, useStore } from "../data/store.ts";
import type { Action } from "./action.ts";
import { ActionDialog } from "./action-dialog.tsx";

/** The action whose dialog is open. */
const opened = createStore<{ readonly action: Action } | undefined>(undefined);

export const openAction = (action: Action): void => opened.set({ action });

/** The one place of the dialogs: what an action does may take the button away that it was begun with. */
export function ActionHost({ connection }: { readonly connection: Connection }) {
  const current = useStore(opened);
  if (current === undefined) return null;
  return <ActionDialog connection={connection} action={current.action} close={() => opened.set(undefined)} />;
}
