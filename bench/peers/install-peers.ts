import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const bench = new URL("../", import.meta.url);

/** Puts the peers that bench/package-lock.json names into bench/node_modules. Answers why they are missing, or nothing. */
export async function installPeers(signal: AbortSignal): Promise<string | undefined> {
  if (isInstalled()) return undefined;
  process.stderr.write("Installing the peers into bench/node_modules (needed once) ...\n");
  const argv = ["ci", "--include=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  // As scripts/run.mjs installs: no script of a package runs, and npm's own Node may be older than packages ask for.
  argv.push("--ignore-scripts", "--engine-strict=false", "--loglevel=error");
  const npm = process.env["npm_execpath"];
  const options = { cwd: fileURLToPath(bench), stdio: ["ignore", 2, 2] as ["ignore", number, number], signal };
  const child = npm?.endsWith("npm-cli.js")
    ? spawn(process.env["npm_node_execpath"] ?? process.execPath, [npm, ...argv], options)
    : spawn("npm", argv, { ...options, shell: process.platform === "win32" });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code === 0 ? undefined : `npm ci in bench/ ended with ${code ?? "a signal"}; see above`;
  } catch (error) {
    return `npm could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** npm leaves a description of what it installed. Optional packages may be missing: those of other platforms. */
function isInstalled(): boolean {
  const wanted = readPackages("package-lock.json");
  const installed = readPackages("node_modules/.package-lock.json");
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(
    ([place, { version, optional }]) =>
      place === "" || installed[place]?.version === version || (optional === true && installed[place] === undefined),
  );
}

type Packages = Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;

function readPackages(name: string): Packages | undefined {
  const file = new URL(name, bench);
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { packages: Packages }).packages;
}
