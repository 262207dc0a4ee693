import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRuntime, defineOperation, HandlerError } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { serveRuntime } from "holdfast/server";
import { faultyGraph } from "holdfast/testing";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { z } from "zod";
import { launchChromium } from "../support/chromium.ts";
import { until } from "../support/ledger.ts";

/*
 * `npm run screenshots`: docs/images, anew. A kitchen's service under load, with its graph there, cut, and back.
 */

const IMAGES = fileURLToPath(new URL("../../docs/images", import.meta.url));
const DESKTOP = { width: 1360, height: 850 };
const PHONE = { width: 390, height: 844 };
const PRIORITIES = ["critical", "high", "normal", "low"] as const;

const folder = mkdtempSync(join(tmpdir(), "holdfast-screenshots-"));
const faulty = faultyGraph(embeddedGraph({ file: join(folder, "graph.db"), nodes: { Equipment: { key: "id" } } }));
const record = defineOperation({
  name: "equipment.recordTemperature",
  version: 1,
  input: z.object({ id: z.string(), celsius: z.number() }),
  dependsOn: { graph: faulty.dependency },
  orderingKey: ({ id }) => `equipment:${id}`,
  execute: ({ input, graph }) => graph.mergeNodes("Equipment", [input]),
});
const calibrate = defineOperation({
  name: "equipment.calibrate",
  version: 1,
  input: z.object({ id: z.string() }),
  dependsOn: { graph: faulty.dependency },
  execute: (): Promise<void> => {
    throw new HandlerError("no_reference", "The reference thermometer is missing.");
  },
});

mkdirSync(IMAGES, { recursive: true });
const server = await serveRuntime({
  runtime: () => createRuntime({ dataDirectory: join(folder, "data"), operations: [record, calibrate] }),
  port: 0,
  stopOn: [],
  authentication: "none",
});
const { runtime } = server;
const browser = await launchChromium();
const load = setInterval(submitSome, 100);
let submitted = 0;
try {
  await pause(25_000);
  await write(browser, "now", "", { colorScheme: "light" });
  faulty.cut();
  await until("the outage is noticed", () => isInForce("local_queue"));
  await runtime.enqueue(calibrate, { id: "fryer-17" });
  await pause(15_000);
  await write(browser, "now-outage", "", { colorScheme: "dark" });
  await write(browser, "now-phone", "", { colorScheme: "light", viewport: PHONE });
  await write(browser, "machines-outage", "#/machines", { colorScheme: "light" });
  await write(browser, "operations", "#/operations?state=blocked", { colorScheme: "light" }, openStory);
  await write(browser, "pin", "", { colorScheme: "light" }, (page) =>
    page.getByRole("button", { name: "Pin a mode" }).click(),
  );
  faulty.restore();
  await until("it is over", () => isInForce("normal"), 60_000);
  await pause(4_000);
  await write(browser, "now-recovered", "", { colorScheme: "light" });
  await write(browser, "dead-letters", "#/operations?state=dead", { colorScheme: "dark" });
  await write(browser, "time-travel", "#/time-travel", { colorScheme: "dark" });
} finally {
  clearInterval(load);
  await browser.close();
  await server.stop();
}

function submitSome(): void {
  for (let n = 0; n < 12; n++) {
    submitted += 1;
    const priority = PRIORITIES[submitted % PRIORITIES.length] ?? "normal";
    void runtime.submit(record, { id: `fryer-${submitted % 300}`, celsius: 170 + (submitted % 20) }, { priority });
  }
}

async function write(
  browser: Browser,
  name: string,
  place: string,
  options: BrowserContextOptions,
  prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}/${place}`);
  await page.getByRole("status").getByText("live").waitFor();
  await pause(2_500);
  await prepare(page);
  await pause(700);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  await context.close();
  console.log(`docs/images/${name}.png`);
}

async function openStory(page: Page): Promise<void> {
  await page.locator("tbody a").first().click();
  await page.locator(".timeline").waitFor();
}

function isInForce(mode: string): boolean {
  return runtime.status().control.policy.modes.some((each) => each.mode === mode);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
