import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Where a Chromium is: CHROMIUM_PATH, else the first on PATH. */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const { CHROMIUM_PATH, PATH = "" } = environment;
  if (CHROMIUM_PATH !== undefined && CHROMIUM_PATH !== "") return CHROMIUM_PATH;
  return PATH.split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
}

/**
 * Whether browser tests can run here. In CI they have to: a missing browser is then a failure, and not a skip.
 *
 * @throws Error in CI where there is none
 */
export function hasChromium(): boolean {
  const isThere = findChromium() !== undefined;
  if (!isThere && process.env["CI"] !== undefined)
    throw new Error("No Chromium: set CHROMIUM_PATH, or install one (Debian: apt-get install chromium).");
  return isThere;
}

/** A real Chromium without a window. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("No Chromium: set CHROMIUM_PATH.");
  // As root, as in most containers, Chromium starts without its sandbox only.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...args, "--disable-dev-shm-usage"] });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
