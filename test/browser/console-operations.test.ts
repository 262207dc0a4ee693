import { describe, expect, test } from "vitest";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { until } from "../support/ledger.ts";
import { openConsole, useChromium } from "./open-console.ts";

/** Two processors are shared by a browser, a server and other tests. */
const PATIENT = { timeout: 20_000 };

describe.skipIf(!hasChromium())("the page Operations", () => {
  const { browser } = useChromium();

  test("lists a dead letter with its reason, retries it with one of ours, and tells its story to the effect", async () => {
    const { server, operations, miscalibrated } = await serveKitchen();
    const [, , calibrate] = operations;
    const { runtime } = server;
    await runtime.enqueue(calibrate, { id: "fryer-1" });
    await until("a dead letter", async () => (await runtime.deadLetters.list({})).rows.length === 1);
    const [letter] = (await runtime.deadLetters.list({})).rows;
    const { page, complaints } = await openConsole(browser(), server.url, { place: "#/operations?state=dead" });
    await page.getByText("The reference thermometer is missing.").first().waitFor();

    miscalibrated.now = false;
    await page.getByRole("button", { name: `Retry ${letter!.operationId}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("the thermometer was found");
    await dialog.getByRole("button", { name: /^Retry/ }).click();
    await dialog.getByText(/Retried in its old place; now it is/).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("No operation is dead.").waitFor();

    await page.getByRole("searchbox", { name: "Operation by its id" }).fill(letter!.operationId);
    await page.getByRole("button", { name: "Show" }).click();
    const story = page.getByRole("region", { name: `Story of ${letter!.operationId}` });
    await story.locator(".timeline").getByText("completed").first().waitFor();
    const told = await story.locator(".timeline > li").allTextContents();
    const explained = await runtime.explain(letter!.operationId);
    expect(told.length).toBe(explained!.steps.length);
    for (const [index, { what }] of explained!.steps.entries()) expect(told[index]).toContain(what);
    expect(told.join(" ")).toContain("the thermometer was found");
    expect(complaints).toEqual([]);
  });

  test("goes through what waits page by page, in order of acceptance", async () => {
    const { server, operations, faulty } = await serveKitchen();
    const { runtime } = server;
    faulty.cut();
    const inputs = Array.from({ length: 120 }, (_, n) => ({ id: `fryer-${n}`, celsius: 170 }));
    await Promise.all(inputs.map((input) => runtime.enqueue(operations[0], input)));
    await until("all wait", () => runtime.status().queue.counts.ready === 120);
    const { page } = await openConsole(browser(), server.url, { place: "#/operations?state=ready" });
    const shown = () => page.locator("tbody a").allTextContents();
    await expect.poll(async () => (await shown()).length, PATIENT).toBe(50);
    const seen = await shown();
    for (const expected of [50, 20]) {
      await page.getByRole("button", { name: "Next page" }).click();
      await expect.poll(async () => (await shown()).filter((id) => !seen.includes(id)).length, PATIENT).toBe(expected);
      seen.push(...(await shown()));
    }
    const all = (await runtime.list({ state: "ready", limit: 1_000 })).rows.map(({ operationId }) => operationId);
    expect(seen).toEqual(all);
    expect(await page.getByRole("button", { name: "Next page" }).isDisabled()).toBe(true);
  });

  test("says that an id is not known, and shows a script in it as text", async () => {
    const { server } = await serveKitchen();
    const { page, complaints } = await openConsole(browser(), server.url, { place: "#/operations" });
    await page.getByRole("searchbox").fill("<b onclick=alert(1)>x</b>");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("There is no operation with this id").waitFor();
    expect(await page.locator(".story-id").textContent()).toBe("<b onclick=alert(1)>x</b>");
    expect(complaints).toEqual([]);
  });

  test("shows a lane by its head, and how many wait behind it", async () => {
    const { server, operations, faulty } = await serveKitchen();
    faulty.cut();
    for (let n = 0; n < 4; n++) await server.runtime.enqueue(operations[0], { id: "fryer-1", celsius: n });
    await until("the lane waits", () => server.runtime.status().queue.counts.ready === 1);
    const { page } = await openConsole(browser(), server.url, { place: "#/operations?view=lanes" });
    await page.getByText("No lane is like that.").waitFor();
    await page.getByLabel("Lanes whose head is").selectOption("ready");
    const [head] = (await server.runtime.list({ state: "ready" })).rows;
    const row = page.getByRole("row").filter({ hasText: head!.operationId });
    await row.waitFor();
    expect(await row.getByRole("cell").last().textContent()).toBe("3");
  });
});
