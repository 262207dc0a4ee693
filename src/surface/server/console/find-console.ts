import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The package's own root: of the sources, or of what was built from them (`dist/`). */
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const BUILDER = join(ROOT, "scripts/build-console.ts");

/** Everything that the bundle is made of. */
const MADE_OF = [
  "src/surface/console",
  "src/surface/client",
  "machines/contracts",
  "config",
  "scripts/build-console.ts",
  "package-lock.json",
];

const run = promisify(execFile);

/**
 * The folder with the built console. A package brings one. A clone builds it from its sources when it is first asked
 * for, in a process of its own, and keeps it under what its sources hash to.
 *
 * @returns undefined where there is neither
 */
export async function findConsole(): Promise<string | undefined> {
  const built = join(ROOT, "console");
  if (existsSync(join(built, "index.html"))) return built;
  if (!existsSync(BUILDER)) return undefined;
  const kept = join(ROOT, "node_modules/.cache/holdfast-console", await hashOfSources());
  if (!existsSync(join(kept, "index.html"))) await run(process.execPath, [BUILDER, kept], { cwd: ROOT });
  return kept;
}

async function hashOfSources(): Promise<string> {
  const files = (await Promise.all(MADE_OF.map(filesOf))).flat().toSorted();
  const contents = await Promise.all(files.map((file) => readFile(join(ROOT, file))));
  const hash = createHash("sha256");
  for (const [index, content] of contents.entries())
    hash.update(`${files[index]}\n${content.length}\n`).update(content);
  return hash.digest("hex").slice(0, 24);
}

async function filesOf(path: string): Promise<string[]> {
  if (/\.\w+$/.test(path)) return [path];
  const entries = await readdir(join(ROOT, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length));
}
