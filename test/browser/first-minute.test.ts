import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { temporaryFolder, until } from "../support/ledger.ts";
import { litModes, openConsole, useChromium } from "./open-console.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm start` runs; gives the link that it prints for the console, else where it serves. */
async function startAsNewcomer(): Promise<string> {
  const child = spawn("node", ["scripts/run.mjs", "examples/manuals/start.ts"], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], HOLDFAST_PORT: "0", HOLDFAST_DATA: temporaryFolder() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  await until(`the greeting; so far: ${output}`, () => /manuals {4}/.test(output) || child.exitCode !== null);
  const link = /console +(http\S+)/.exec(output)?.[1] ?? /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  if (link === undefined) throw new Error(`npm start did not greet: ${output}`);
  return link;
}

describe.skipIf(!hasChromium())("a newcomer's first minute", () => {
  const { browser } = useChromium();

  test("opens the link of npm start, cuts the graph, sees why everything waits, restores it, and all was kept", async () => {
    const link = await startAsNewcomer();
    const { page, complaints } = await openConsole(browser(), link);
    await page.getByRole("status").getByText("live").waitFor();
    await page.getByRole("link", { name: "Faults" }).click();
    await expect.poll(() => litModes(page), { timeout: 20_000 }).toEqual(["normal"]);

    const load = page.getByRole("slider", { name: "Load" });
    await load.focus();
    for (let n = 0; n < 10; n++) await page.keyboard.press("ArrowRight");
    await page.locator('[data-fault="load"][data-active="true"]').getByText("100 per second").waitFor();

    await page.getByRole("button", { name: "Cut: Cut the graph" }).click();
    await page.locator('.lamp[data-mode="local_queue"][data-lit="true"]').waitFor();
    await page.getByRole("heading", { name: "graph is down, work is kept" }).waitFor();
    await page
      .getByRole("region", { name: "In force, and why" })
      .getByText(/connection_lost|failures in a row/)
      .first()
      .waitFor();
    await page.getByRole("img", { name: /^Queue: waiting (?!0,)/ }).waitFor();

    await page.getByRole("button", { name: "Restore: Cut the graph" }).click();
    await page.getByText(/waited, .* executed, 0 lost/).waitFor();
    await expect.poll(() => litModes(page), { timeout: 30_000 }).toEqual(["normal"]);
    expect(complaints).toEqual([]);
  });
});
