import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { until } from "../support/ledger.ts";
import { openAt } from "./open-at.ts";
import { useChromium } from "./open-console.ts";
import { takeScreenshot } from "./screenshot.ts";
import { violations } from "./violations.ts";

const PATIENTLY = { timeout: 20_000 };

/** A kitchen that has lost its graph and has it again; `duringMs` is a moment in between. */
async function outageBehind() {
  const kitchen = await serveKitchen({
    config: { breaker: { consecutiveFailures: 3, initialBreakMs: 300, maximumBreakMs: 300 } },
  });
  const { faulty, server, operations } = kitchen;
  const { runtime } = server;
  await until("the graph is well", () => runtime.machines.actor("breaker:graph")?.state[0] === "closed");
  const opened = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<void>();
  runtime.on("transition", ({ machine, to, at }) => {
    if (machine === "breaker:graph" && to === "open") opened.resolve(at);
    if (machine === "normal" && to === "in_force") closed.resolve();
  });
  faulty.cut();
  for (let number = 0; number < 5; number += 1)
    await runtime.submit(operations[0], { id: `fryer-${number}`, celsius: 177 }, { answerWithinMs: 50 });
  const openedAt = await opened.promise;
  faulty.restore();
  await closed.promise;
  await until(
    "the past is stored",
    async () => (await runtime.machines.transitions({ machine: "normal", limit: 1 })).rows[0]?.to === "in_force",
  );
  const { rows } = await runtime.machines.transitions({ order: "oldest", limit: 1_000 });
  return { ...kitchen, runtime, rows, openedAt };
}

const chips = (page: Page) =>
  page
    .locator("[data-actor]")
    .evaluateAll((links) => links.map((link) => [link.getAttribute("data-actor"), link.lastChild?.textContent]));

describe.skipIf(!hasChromium())("the page of time travel", () => {
  const { browser } = useChromium();

  test("shows everybody as they were at a moment, and says that this is not now", async () => {
    const { server, runtime, openedAt } = await outageBehind();
    const moment = await runtime.machines.at({ at: openedAt });
    const { page, complaints } = await openAt(browser(), server.url, {
      place: `#/time-travel?at=${openedAt}&actor=breaker%3Agraph`,
    });
    await page.getByText(/As of .*, not now/).waitFor();
    await page.locator("[data-state='open'].is-active").waitFor();
    const then = new Map(moment.actors.map(({ id, state }) => [id, state.at(-1)?.replaceAll("_", " ")]));
    expect(then.get("breaker:graph")).toBe("open");
    const shown = await chips(page);
    expect(shown.length).toBe(moment.actors.length);
    for (const [id, state] of shown) expect([id, state]).toEqual([id, then.get(id ?? "") ?? "not at work"]);
    await page.locator("[data-then='breaker:graph']").getByText("open").waitFor();
    // Now it is closed again.
    expect(runtime.machines.actor("breaker:graph")?.state).toEqual(["closed"]);
    expect(complaints).toEqual([]);
  });

  test("goes from transition to transition by keyboard, there and back, and keeps the moment in its address", async () => {
    const { server, rows, openedAt } = await outageBehind();
    const from = rows.findIndex(({ machine, to }) => machine === "breaker:graph" && to === "open");
    const start = rows[from]!;
    const { page } = await openAt(browser(), server.url, {
      place: `#/time-travel?at=${openedAt}&place=${start.place}&actor=breaker%3Agraph`,
    });
    const led = page.getByRole("region", { name: "What led here" });
    const is = (row: (typeof rows)[number]) => led.getByText(row.explanation, { exact: true }).first().waitFor();
    await is(start);
    const scrubber = page.getByRole("slider", { name: /Moment/ });
    await scrubber.focus();
    for (const row of rows.slice(from + 1, from + 5)) {
      await page.keyboard.press("ArrowRight");
      await is(row);
      await expect.poll(() => page.url(), PATIENTLY).toContain(`place=${row.place}`);
    }
    await page.keyboard.press("ArrowLeft");
    await is(rows[from + 3]!);
    await page.getByRole("button", { name: "Previous" }).click();
    await is(rows[from + 2]!);

    const copied = page.url();
    const { page: colleague } = await openAt(browser(), server.url, { place: new URL(copied).hash });
    await colleague
      .getByRole("region", { name: "What led here" })
      .getByText(rows[from + 2]!.explanation, { exact: true })
      .first()
      .waitFor();
  });

  test("scrubs back to before the outage, and forward through it by playing", async () => {
    const { server, rows } = await outageBehind();
    const { page } = await openAt(browser(), server.url, { place: "#/time-travel?actor=breaker%3Agraph" });
    await page.locator("[data-state='closed'].is-active").waitFor();
    const opening = rows.find(({ machine, to }) => machine === "breaker:graph" && to === "open")!;
    const scrubber = page.getByRole("slider", { name: /Moment/ });
    await scrubber.fill(String(opening.at - 1));
    await page
      .getByRole("region", { name: "What changed next" })
      .getByText(opening.explanation, { exact: true })
      .waitFor();
    await page.locator("[data-state='closed'].is-active").waitFor();
    await page.locator("[data-actor='normal']").getByText("in force").waitFor();

    await page.getByLabel("Speed").selectOption("60×");
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator("[data-arrow='closed>open'].is-taken").waitFor();
    await page.getByText("Nothing since: this is how it still is.").waitFor();
    await page.locator("[data-state='closed'].is-active").waitFor();
    await page.getByRole("button", { name: "Play", pressed: false }).waitFor();
  });

  test("zooms into a range that is drawn over the bars", async () => {
    const { server } = await outageBehind();
    const { page } = await openAt(browser(), server.url, { place: "#/time-travel" });
    const scrubber = page.getByRole("slider", { name: /Moment/ });
    await scrubber.waitFor();
    const length = async (): Promise<number> =>
      Number(await scrubber.getAttribute("max")) - Number(await scrubber.getAttribute("min"));
    const all = await length();
    const box = (await page.locator(".scrubber-bars").boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.2, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await expect.poll(length, PATIENTLY).toBeLessThan(all);
    await page.getByRole("button", { name: "All", exact: true }).click();
    await expect.poll(length, PATIENTLY).toBeGreaterThanOrEqual(all);
  });

  test("says so when a moment could not be read, and never passes another one off as it", async () => {
    const { server, openedAt } = await outageBehind();
    const place = `#/time-travel?at=${openedAt}&actor=breaker%3Agraph`;
    const { page } = await openAt(browser(), server.url, { place });
    await page.locator("[data-state='open'].is-active").waitFor();
    await page.locator(".then[aria-busy='false']").waitFor();
    await page.route("**/trpc/machines.at**", (route) => route.abort());
    await page.getByRole("slider", { name: /Moment/ }).focus();
    await page.keyboard.press("PageDown");
    await page.getByRole("alert").getByText("could not be read").waitFor();
    expect(await page.locator(".then").getAttribute("aria-busy")).toBe("true");
    await page.unroute("**/trpc/machines.at**");
    await page.keyboard.press("PageDown");
    await page.locator(".then[aria-busy='false']").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  test("leads back to the present of the same actor", async () => {
    const { server, openedAt } = await outageBehind();
    const { page } = await openAt(browser(), server.url, {
      place: `#/time-travel?at=${openedAt}&actor=breaker%3Agraph`,
    });
    await page.getByRole("link", { name: "Back to live" }).click();
    await page.getByRole("heading", { level: 1, name: "Machines" }).waitFor();
    await page.getByRole("heading", { level: 2, name: "breaker:graph" }).waitFor();
    await page.locator("[data-state='closed'].is-active").waitFor();
  });

  test("can be used by everybody, in light and dark, and on a phone", async () => {
    const { server, openedAt } = await outageBehind();
    const place = `#/time-travel?at=${openedAt}&actor=breaker%3Agraph`;
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openAt(browser(), server.url, { place, colorScheme });
      await page.locator("[data-state='open'].is-active").waitFor();
      await page.locator(".then[aria-busy='false']").waitFor();
      expect(await violations(page)).toEqual([]);
      await takeScreenshot(page, `console-time-travel-${colorScheme}`);
      await page.goto(`${server.url}/#/machines/breaker%3Agraph`);
      await page.getByRole("region", { name: "Transitions, newest first" }).getByRole("listitem").first().waitFor();
      await page.locator("[data-arrow].is-taken").waitFor();
      await takeScreenshot(page, `console-machines-${colorScheme}`);
    }
    const { page } = await openAt(browser(), server.url, { place, viewport: { width: 390, height: 844 } });
    await page.locator("[data-state='open'].is-active").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
