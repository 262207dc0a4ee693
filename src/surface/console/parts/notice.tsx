import type { ComponentChildren } from "preact";

/** Where there is nothing to show, and why: not yet, nothing there, or not to be had. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: "loading" | "empty" | "error";
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "error" ? "alert" : undefined} aria-busy={kind === "loading"}>
      {kind === "loading" && <span class="spinner" aria-hidden="true" />}
      <p>{children}</p>
    </div>
  );
}
