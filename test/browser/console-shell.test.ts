import { describe, expect, test } from "vitest";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { openConsole, useChromium } from "./open-console.ts";

describe.skipIf(!hasChromium())("the console's frame", () => {
  const { browser } = useChromium();

  test("says the mode in force, and that what it shows is live", async () => {
    const { server } = await serveKitchen();
    const { page, complaints } = await openConsole(browser(), server.url);
    await page.getByRole("status").getByText("live").waitFor();
    await page.getByLabel("Mode in force: normal").waitFor();
    expect(complaints).toEqual([]);
  });

  test("goes to every page by its keys, names it, and lists the keys", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    for (const [key, title] of [
      ["m", "Machines"],
      ["t", "Time travel"],
      ["o", "Operations"],
      ["n", "Now"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      expect(await page.title()).toBe(`${title} · Holdfast`);
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).getByText("Go to Machines").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  test("says so when the server does not answer any more, and goes on when it does", async () => {
    const { server } = await serveKitchen();
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("status").getByText("live").waitFor();
    await page.route("**/trpc/**", (route) => route.abort());
    await page.getByText("not connected").waitFor();
    await page.unroute("**/trpc/**");
    await page.getByRole("status").getByText("live").waitFor();
  });
});
