import { Icon } from "../parts/icon.tsx";
import { PAGES, type Page } from "./pages.ts";
import { hrefOf } from "./router.ts";

export function Navigation({ current }: { readonly current: Page }) {
  return (
    <nav class="navigation" aria-label="Pages">
      <ul>
        {PAGES.map((page) => (
          <li key={page.path}>
            <a href={hrefOf(page.path)} aria-current={page === current ? "page" : undefined}>
              <Icon name={page.icon} />
              <span>{page.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
