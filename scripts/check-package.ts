import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packPackage, run } from "./pack-package.ts";

/*
 * `npm run check:package`: builds and packs the package, and has it judged by publint and by attw ("are the types
 * wrong?"). Exits 1 where one of them complains, or where it has grown too large.
 */

const MAXIMUM_BYTES = 1.5 * 1_024 * 1_024;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const bin = (path: string): string => join(ROOT, "node_modules", path);

const folder = await mkdtemp(join(tmpdir(), "holdfast-package-"));
try {
  const { tarball, packedBytes, files } = await packPackage(folder);
  const mebibytes = (packedBytes / 1_024 / 1_024).toFixed(2);
  console.log(`${files.length} files, ${mebibytes} MiB packed (at most 1.50)`);
  if (packedBytes > MAXIMUM_BYTES) throw new Error("The package has grown too large.");
  const unwanted = files.filter((path) => /\.(map|test\.js|tsbuildinfo)$|^dist\/test\//.test(path));
  if (unwanted.length > 0) throw new Error(`These are for nobody who installs it: ${unwanted.join(", ")}`);
  console.log((await run(process.execPath, [bin("publint/src/cli.js"), tarball, "--strict"])).trim());
  const attw = [bin("@arethetypeswrong/cli/dist/index.js"), tarball, "--profile", "esm-only", "--quiet"];
  await run(process.execPath, attw);
  console.log("attw: every entry has its types, for ESM and for bundlers");
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
