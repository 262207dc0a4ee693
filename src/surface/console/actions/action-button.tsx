import { useId } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { useStore } from "../data/store.ts";
import { isAllowed } from "../session.ts";
import type { Action } from "./action.ts";
import { openAction } from "./action-host.tsx";

/** Opens the action's dialog. Who may not do it reads why instead. */
export function ActionButton({
  connection,
  action,
  isMain = false,
  isSmall = false,
}: {
  readonly connection: Connection;
  readonly action: Action;
  readonly isMain?: boolean;
  readonly isSmall?: boolean;
}) {
  const who = useStore(connection.sessions.state);
  const id = useId();
  const may = isAllowed(who, action.permission);
  const why =
    who.kind === "asking" ? "It is not known yet who you are." : `You lack the permission ${action.permission}.`;
  const kinds = [
    "button",
    isMain ? "button-main" : "",
    isSmall ? "button-small" : "",
    action.isDangerous === true ? "button-danger" : "",
  ];
  return (
    <>
      <button
        type="button"
        class={kinds.filter((kind) => kind !== "").join(" ")}
        aria-disabled={!may}
        aria-describedby={may ? undefined : id}
        aria-label={action.label === undefined ? undefined : `${action.label}: ${action.title}`}
        title={may ? undefined : why}
        onClick={() => may && openAction(action)}
      >
        {action.label ?? action.title}
      </button>
      {!may && (
        <span id={id} class="visually-hidden">
          {why}
        </span>
      )}
    </>
  );
}
