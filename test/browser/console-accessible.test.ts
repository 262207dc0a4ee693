import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { DevelopmentFault } from "../../routers/development-faults.ts";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { until } from "../support/ledger.ts";
import { litModes, openConsole, useChromium } from "./open-console.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every rule of axe that is broken, with where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    "axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`)))",
  );
}

const FAULTS: readonly DevelopmentFault[] = [
  { id: "graph.cut", title: "Cut the graph", explanation: "It breaks.", kind: "switch", on: true },
  {
    id: "load",
    title: "Load",
    explanation: "Work.",
    kind: "slider",
    value: 5,
    minimum: 0,
    maximum: 10,
    step: 1,
    unit: "per second",
  },
];

/** A kitchen in trouble: something of everything is to be seen. */
async function serveTrouble() {
  const made = await serveKitchen({ mode: "development", faults: { list: () => FAULTS, set: () => FAULTS[0]! } });
  const { runtime } = made.server;
  const [record, , calibrate] = made.operations;
  await runtime.submit(record, { id: "fryer-1", celsius: 170 });
  await runtime.enqueue(calibrate, { id: "fryer-2" });
  await until("a dead letter", () => runtime.status().queue.counts.dead === 1);
  made.faulty.cut();
  for (let n = 0; n < 5; n++) await runtime.enqueue(record, { id: `fryer-${n}`, celsius: 170 });
  await until("local_queue", () => runtime.status().control.policy.modes.some(({ mode }) => mode === "local_queue"));
  const [letter] = (await runtime.deadLetters.list({})).rows;
  return { ...made, letter: letter!.operationId };
}

describe.skipIf(!hasChromium())("the console is for everybody", () => {
  const { browser } = useChromium();

  test.each(["light", "dark"] as const)("no rule of axe is broken on any page, %s", async (colorScheme) => {
    const { server, letter } = await serveTrouble();
    const { page, complaints } = await openConsole(browser(), server.url, { colorScheme });
    await page.getByRole("img", { name: /^Throughput/ }).waitFor();
    const places = {
      now: "In force, and why",
      machines: "Machines",
      "time-travel": "Time travel",
      "operations?state=dead": "thermometer",
      "operations?view=lanes": "Lanes whose head is",
      [`operations/${letter}`]: "Submitted by",
      faults: "Break something",
    };
    for (const [place, text] of Object.entries(places)) {
      await page.goto(`${server.url}/#/${place}`);
      await page.getByText(text).first().waitFor();
      expect(await violations(page), place).toEqual([]);
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page), "the list of keys").toEqual([]);
    await page.keyboard.press("Escape");
    await page.goto(`${server.url}/#/now`);
    await page.getByRole("button", { name: "Pin a mode" }).click();
    expect(await violations(page), "a dialog").toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a mode is pinned and released with the keyboard alone", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("heading", { name: "Normal" }).waitFor();
    const { keyboard } = page;
    const focused = (): Promise<string> =>
      page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
    await keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    expect(await focused()).toBe("Pin a mode");
    await keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.type("by keyboard");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    expect(await focused()).toBe("Pin a mode");
    await keyboard.press("Enter");
    await page.getByText(/emergency mode is in force/).waitFor();
    expect(await litModes(page)).toEqual(["emergency_mode"]);
    await keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await keyboard.press("g");
    await keyboard.press("o");
    await page.getByRole("heading", { level: 1, name: "Operations" }).waitFor();
    await keyboard.press("/");
    await expect.poll(focused, { timeout: 20_000 }).toBe("Operation by its id");
    await keyboard.type("op_1");
    await keyboard.press("Enter");
    await page.getByRole("region", { name: "Story of op_1" }).waitFor();
  });

  test("what has the focus is seen to have it", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("heading", { name: "Normal" }).waitFor();
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press("Tab");
      const width = await page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)");
      expect(width).toBeGreaterThanOrEqual(2);
    }
  });

  test("nothing is wider than a phone, and everything can be reached there", async () => {
    const { server, letter } = await serveTrouble();
    const { page } = await openConsole(browser(), server.url, { viewport: { width: 390, height: 844 } });
    for (const [place, text] of Object.entries({
      now: "In force, and why",
      "operations?state=ready": "Waiting",
      [`operations/${letter}`]: "Submitted by",
      faults: "Break something",
    })) {
      await page.goto(`${server.url}/#/${place}`);
      await page.getByText(text).first().waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth"), place).toBeLessThanOrEqual(390);
    }
    for (const title of ["Now", "Machines", "Time travel", "Operations", "Faults"]) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: title }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor({ state: "attached" });
    }
  });

  test("nothing moves for whoever asked for that", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url, { reducedMotion: "reduce" });
    await page.getByRole("heading", { name: "Normal" }).waitFor();
    const moving = await page.evaluate(
      "document.getAnimations().filter((animation) => animation.effect.getComputedTiming().duration > 1).length",
    );
    expect(moving).toBe(0);
  });
});
