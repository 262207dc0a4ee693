import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where pictures go: with every run to reports/, and with UPDATE_SCREENSHOTS=1 to where the documentation shows them. */
const FOLDER = join(ROOT, process.env["UPDATE_SCREENSHOTS"] === "1" ? "docs/images" : "reports/screenshots");

/** Takes a picture of what a reader sees: `docs/images/NAME.png`. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
}
