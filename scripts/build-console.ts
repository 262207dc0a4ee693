import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/*
 * Bundles the console: `node scripts/build-console.ts FOLDER`. Writes index.html and its files, whose names carry the
 * hash of what is in them, so that a browser may keep them for good. The folder appears complete or not at all.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = join(ROOT, "src/surface/console");

const target = process.argv[2];
if (target === undefined) throw new Error("Say where to: node scripts/build-console.ts FOLDER");
await writeWhole(target, await bundle());

interface BuiltFile {
  readonly name: string;
  readonly content: string;
}

async function bundle(): Promise<BuiltFile[]> {
  const [code, style, icon, page] = await Promise.all([
    bundleCode(),
    bundleStyle(),
    readFile(join(SOURCE, "icon.svg"), "utf8"),
    readFile(join(SOURCE, "index.html"), "utf8"),
  ]);
  const files = [hashed("console.js", code), hashed("console.css", style)];
  // The icon is named by the code as well, so its name stays.
  const iconFile = { name: "icon.svg", content: icon };
  const named = files.reduce((text, { name, plain }) => text.replace(`/console/${plain}`, `/console/${name}`), page);
  return [...files.map(({ name, content }) => ({ name, content })), iconFile, { name: "index.html", content: named }];
}

/** One file: a page of this size gains nothing from more requests. */
async function bundleCode(): Promise<string> {
  const build = await rolldown({
    input: join(SOURCE, "main.tsx"),
    platform: "browser",
    tsconfig: join(SOURCE, "tsconfig.json"),
    onLog: (level, log, print) => (level === "warn" ? print("error", log) : print(level, log)),
  });
  const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
  await build.close();
  const [chunk, ...others] = output;
  if (chunk?.type !== "chunk" || others.length > 0) throw new Error("The console is to be one file of code.");
  return chunk.code;
}

/** Style sheets in the order of their paths, `styles/` first; uPlot's before ours. */
async function bundleStyle(): Promise<string> {
  const paths = (await readdir(SOURCE, { recursive: true }))
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".css"))
    .toSorted((a, b) => Number(b.startsWith("styles/")) - Number(a.startsWith("styles/")) || a.localeCompare(b));
  const files = [join(ROOT, "node_modules/uplot/dist/uPlot.min.css"), ...paths.map((path) => join(SOURCE, path))];
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).map(smaller).join("\n");
}

function smaller(css: string): string {
  return css.replace(/\/\*.*?\*\//gs, "").replace(/\s+/g, " ");
}

function hashed(plain: string, content: string): BuiltFile & { readonly plain: string } {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { plain, name: plain.replace(/\.(\w+)$/, `-${hash}.$1`), content };
}

async function writeWhole(folder: string, files: readonly BuiltFile[]): Promise<void> {
  const draft = `${folder}.${process.pid}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await Promise.all(files.map(({ name, content }) => writeFile(join(draft, name), content)));
  await mkdir(dirname(folder), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
    // Somebody else was quicker with the same content.
    await rm(draft, { recursive: true, force: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
}
