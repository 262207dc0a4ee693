import { Icon } from "../parts/icon.tsx";
import { createStore, useStore } from "../data/store.ts";
import { PAGES, type Page } from "./pages.ts";
import { hrefOf } from "./router.ts";

export function Navigation({ current }: { readonly current: Page }) {
  return (
    <nav class="navigation" aria-label="Pages">
      <ul>
        {PAGES.map((page) => (
          <PageLink key={page.path} page={page} isCurrent={page === current} />
        ))}
      </ul>
    </nav>
  );
}

const ALWAYS = createStore(true);

function PageLink({ page, isCurrent }: { readonly page: Page; readonly isCurrent: boolean }) {
  const isOffered = useStore(page.isOffered ?? ALWAYS);
  if (!isOffered) return null;
  return (
    <li>
      <a href={hrefOf(page.path)} aria-current={isCurrent ? "page" : undefined}>
        <Icon name={page.icon} />
        <span>{page.title}</span>
      </a>
    </li>
  );
}
