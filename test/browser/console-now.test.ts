import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { litModes, openConsole, useChromium } from "./open-console.ts";

const SCRIPT = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** What the runtime says, once the page shows the same. */
async function expectLampsOf(page: Page, modesOf: () => readonly string[]): Promise<void> {
  await expect.poll(async () => new Set(await litModes(page)), { timeout: 20_000 }).toEqual(new Set(modesOf()));
}

describe.skipIf(!hasChromium())("the page Now", () => {
  const { browser } = useChromium();

  test("lights the modes that the runtime's status has in force, through an outage and back", async () => {
    const { server, faulty, operations } = await serveKitchen();
    const { runtime } = server;
    const modes = (): string[] => [...new Set(runtime.status().control.policy.modes.map(({ mode }) => mode))];
    const { page, complaints } = await openConsole(browser(), server.url);
    await expectLampsOf(page, modes);
    expect(modes()).toEqual(["normal"]);

    faulty.cut();
    for (let n = 0; n < 5; n++) await runtime.enqueue(operations[0], { id: `fryer-${n}`, celsius: 170 });
    await expect.poll(modes, { timeout: 20_000 }).toEqual(["local_queue"]);
    await expectLampsOf(page, modes);
    await page.getByRole("heading", { name: "graph is down, work is kept" }).waitFor();
    const why = runtime.status().control.policy.modes[0]?.cause.what ?? "none";
    await page.getByRole("region", { name: "In force, and why" }).getByText(why).first().waitFor();
    await page.locator('[data-dependency="graph"]:not([data-state="closed"])').waitFor();

    faulty.restore();
    await expect.poll(modes, { timeout: 20_000 }).toEqual(["normal"]);
    await expectLampsOf(page, modes);
    await page.locator('[data-dependency="graph"][data-state="closed"]').waitFor();
    expect(complaints).toEqual([]);
  });

  test("shows a pin with its owner, its reason and the time left, and a script in the reason as text", async () => {
    const { server } = await serveKitchen();
    server.runtime.degradation.pin("emergency_mode", { reason: SCRIPT, forMs: 600_000 });
    const { page, complaints } = await openConsole(browser(), server.url);

    const line = page.locator(".pin-line");
    await line.waitFor();
    expect(await line.textContent()).toContain(SCRIPT);
    expect(await line.textContent()).toMatch(/by service until .*\d\d:\d\d:\d\d \((9 m \d+ s|10 m) left/);
    await expectLampsOf(page, () => ["emergency_mode"]);
    expect(await page.locator(".pin-line img, .pin-line script").count()).toBe(0);
    expect(await page.title()).toBe("Now · Holdfast");
    expect(complaints).toEqual([]);
  });

  test("says that what it shows is old while the server does not answer", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("heading", { name: "Normal" }).waitFor();
    await page.route("**/trpc/**", (route) => route.abort());
    await page.getByText(/What follows is as of/).waitFor();
  });

  test("draws throughput, queue and latency by priority from the server's own figures", async () => {
    const { server, operations } = await serveKitchen();
    const { page, complaints } = await openConsole(browser(), server.url);
    for (let n = 0; n < 20; n++)
      await server.runtime.submit(operations[0], { id: `fryer-${n}`, celsius: 170 }, { priority: "critical" });
    await page.getByRole("img", { name: /^Throughput: accepted .*, completed .*, failed/ }).waitFor();
    await page.getByRole("img", { name: /^Queue: waiting 0, running 0/ }).waitFor();
    await page.getByRole("img", { name: /^Latency: critical/ }).waitFor();
    expect(complaints).toEqual([]);
  });
});
