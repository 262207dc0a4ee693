import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openConsole } from "./open-console.ts";

/** The console at a place: `#/machines/pin`. */
export async function openAt(
  browser: Browser,
  url: string,
  { place = "", ...options }: BrowserContextOptions & { readonly place?: string } = {},
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const opened = await openConsole(browser, url, options);
  await opened.page.goto(`${url}/${place}`);
  return opened;
}
