import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";

/** One browser for a test file. */
export function useChromium(): { readonly browser: () => Browser } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  return {
    browser: () => {
      if (browser === undefined) throw new Error("Chromium is not running.");
      return browser;
    },
  };
}

export interface OpenedConsole {
  readonly page: Page;
  /** Everything that the browser complained of meanwhile: scripts, policy, console errors. */
  readonly complaints: readonly string[];
}

/** A page of the console at a place: `#/operations`. */
export async function openConsole(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { readonly place?: string } = {},
): Promise<OpenedConsole> {
  const { place = "", ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...contextOptions });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Who asks a server that has no sessions or no faults for them is told that nothing is there; browsers log that.
    if (/\/(session|faults\.list)$/.test(message.location().url)) return;
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(place === "" ? url : `${url}/${place}`);
  return { page, complaints };
}

/** The modes whose lamps are lit, in the order of the page. */
export const litModes = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('.lamp[data-lit="true"]')
    .all()
    .then((lamps) => Promise.all(lamps.map((lamp) => lamp.getAttribute("data-mode"))));
