import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { openConsole, useChromium } from "./open-console.ts";

/** Opens an action, gives the reason and does it. */
async function act(page: Page, button: string, reason: string): Promise<void> {
  await page.getByRole("button", { name: button }).first().click();
  const dialog = page.getByRole("dialog", { name: button });
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: button }).click();
}

const results = (page: Page): Promise<string[]> => page.locator(".result dd").allTextContents();

describe.skipIf(!hasChromium())("an action in the console", () => {
  const { browser } = useChromium();

  test("asks why, and shows what the server answered and what its status says afterwards", async () => {
    const { server } = await serveKitchen();
    const { page, complaints } = await openConsole(browser(), server.url);
    await act(page, "Pin a mode", "graph host being replaced");
    await page.getByText(/emergency mode is in force, pinned by local-operator/).waitFor();
    expect((await results(page))[0]).toMatch(/^Pinned until .*\d\d:\d\d:\d\d\.$/);
    expect(server.runtime.status().control.policy.pin).toMatchObject({
      mode: "emergency_mode",
      reason: "graph host being replaced",
    });
    await page.getByRole("button", { name: "Close", exact: true }).click();

    await act(page, "Release the pin", "the host is there");
    await page.getByText(/No pin is held; normal is in force/).waitFor();
    expect(server.runtime.status().control.policy.pin).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  test("is not sent without a reason", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("button", { name: "Pin a mode" }).click();
    const send = page.getByRole("dialog").getByRole("button", { name: "Pin a mode" });
    expect(await send.isDisabled()).toBe(true);
    await page.getByLabel("Reason").fill("   ");
    expect(await send.isDisabled()).toBe(true);
  });

  test("holds a dependency open and gives it back to its breaker", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    const state = () => server.runtime.policy.dependencies["graph"]?.state;
    await act(page, "Hold graph open", "its disk is being exchanged");
    await page.getByText(/graph is forced open/).waitFor();
    expect(state()).toBe("forced_open");
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await act(page, "Enable the breaker of graph", "the disk is there");
    await expect.poll(state, { timeout: 20_000 }).toBe("closed");
  });

  test("changes a threshold that the trigger compares with from then on", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("button", { name: "Thresholds of queue overflow" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Raised at or above").fill("500");
    await dialog.getByLabel("Reason").fill("more is normal since spring");
    await dialog.getByRole("button", { name: "Thresholds of queue overflow" }).click();
    await dialog.getByText("The trigger compares with these.").waitFor();
    const trigger = server.runtime.status().control.triggers.find(({ trigger: name }) => name === "queue_overflow");
    expect(trigger?.definition.enter).toBe(500);
  });

  test("switches monitoring off, which the headline does not keep silent about", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await act(page, "Stop monitoring", "the sensors lie");
    await page.getByText("No sensor is read.", { exact: true }).waitFor();
    expect(server.runtime.status().isMonitoring).toBe(false);
    await page.getByText(/othing is monitored/).waitFor();
  });

  test("cannot be begun by whoever lacks its permission, and says which that is", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), "about:blank#");
    const json = { principal: { id: "anna", permissions: ["degradation.read", "alert.read"] } };
    await page.route("**/session", (route) => route.fulfill({ json }));
    await page.goto(server.url);
    const pin = page.getByRole("button", { name: "Pin a mode" });
    await pin.waitFor();
    await page.getByText("You lack the permission degradation.pin.").first().waitFor({ state: "attached" });
    expect(await pin.getAttribute("aria-disabled")).toBe("true");
    await pin.click({ force: true });
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  test("is refused in the server's own words, which are shown", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("button", { name: "Pin a mode" }).click();
    // Somebody else is quicker.
    server.runtime.degradation.pin("selective_processing", { reason: "by somebody else", forMs: 600_000 });
    await page.getByLabel("Reason").fill("too late");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Pin a mode|Replace the pin/ })
      .click();
    await expect.poll(() => results(page), { timeout: 20_000 }).not.toEqual([]);
    const [answered] = await results(page);
    expect(answered).toMatch(/Nothing was changed|Pinned until/);
    const { mode } = server.runtime.status().control.policy.pin!;
    // The page had heard of it by then, and replaced it knowingly; or it had not, and nothing was changed.
    expect(answered?.startsWith("Pinned") ? mode === "emergency_mode" : mode === "selective_processing").toBe(true);
  });
});
