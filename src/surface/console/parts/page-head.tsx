import type { ComponentChildren } from "preact";

/** The title of a page; `#page-title` names the page's content to those who hear it. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="page-head">
      <h1 id="page-title">{title}</h1>
      {children !== undefined && <div class="page-head-tools">{children}</div>}
    </div>
  );
}
