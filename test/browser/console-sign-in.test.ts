import { describe, expect, test } from "vitest";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { openConsole, useChromium } from "./open-console.ts";

const isLive = { name: "Normal" };

describe.skipIf(!hasChromium())("signing in to the console", () => {
  const { browser } = useChromium();

  test("is done by the link that development prints, once; the token does not stay in the address", async () => {
    const { server } = await serveKitchen({ mode: "development", authentication: "tokens" });
    const link = `${server.url}/?token=${server.access?.link}`;
    const { page } = await openConsole(browser(), link);
    await page.getByRole("heading", isLive).waitFor();
    expect(page.url()).not.toContain("token");

    const other = await openConsole(browser(), link);
    await other.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.page.getByText("it works once").waitFor();
  });

  test("asks again for a token that proves nothing, takes one that does, and forgets who it was at sign-out", async () => {
    const { server } = await serveKitchen({ mode: "development", authentication: "tokens" });
    const { page } = await openConsole(browser(), server.url);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("Token").fill("hf_dev_nothing");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/Say who you are/).waitFor();

    await page.getByLabel("Token").fill(server.access?.token ?? "none was made");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", isLive).waitFor();
    await page.getByRole("status").getByText("live").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You have signed out.").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("lets a person act: what changes something is known to come from this page", async () => {
    const { server } = await serveKitchen({ mode: "development", authentication: "tokens" });
    const { page } = await openConsole(browser(), `${server.url}/?token=${server.access?.link}`);
    await page.getByRole("button", { name: "Pin a mode" }).click();
    await page.getByLabel("Reason").fill("to see whether I may");
    await page.getByRole("dialog").getByRole("button", { name: "Pin a mode" }).click();
    await page.getByText(/emergency mode is in force, pinned by/).waitFor();
  });
});
