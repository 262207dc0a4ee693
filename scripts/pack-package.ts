import { spawn } from "node:child_process";
import { copyFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What `npm pack` takes besides what was built. */
const BESIDE = ["package.json", "README.md", "LICENSE", "CHANGELOG.md"];

export interface PackedPackage {
  readonly tarball: string;
  readonly packedBytes: number;
  /** Paths within the package. */
  readonly files: readonly string[];
  /** The same, unpacked: what was packed. */
  readonly folder: string;
}

/**
 * Builds the package from the sources as they are now, and packs it, within `folder`: whatever lies in dist/ is neither
 * used nor touched.
 */
export async function packPackage(folder: string): Promise<PackedPackage> {
  const built = join(folder, "package");
  await mkdir(built, { recursive: true });
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const dist = join(built, "dist");
  await Promise.all([
    run(process.execPath, [compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist]),
    ...BESIDE.map((name) => copyFile(join(ROOT, name), join(built, name))),
  ]);
  await run(process.execPath, [join(ROOT, "scripts/build-console.ts"), join(dist, "console")]);
  const packed = await npm(["pack", "--json", "--pack-destination", folder], { cwd: built });
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const tarball = join(folder, filename);
  return {
    tarball,
    packedBytes: (await stat(tarball)).size,
    files: files.map(({ path }) => path),
    folder: built,
  };
}

interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** npm as it stands in front of us, else the one on the path; never with an install script. */
export function npm(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const given = process.env["npm_execpath"];
  const ours = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  return given?.endsWith("npm-cli.js") === true
    ? run(process.execPath, [given, ...argv, ...ours], options)
    : run("npm", [...argv, ...ours], options);
}

/**
 * Runs a program as a consumer's would be: without the condition by which ours read their sources.
 *
 * @returns what it wrote
 */
export async function run(program: string, argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(program, argv, {
    cwd: options.cwd ?? ROOT,
    env: consumerEnvironment(options.environment),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let told = "";
  child.stdout.on("data", (text: Buffer) => (out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (told += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code === 0) return out;
  throw new Error(`${program} ${argv.join(" ")} ended with ${code}:\n${out}${told}`);
}

/** What npm and our launcher have set for this process is not a consumer's. */
export function consumerEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_OPTIONS|NODE_ENV|VITEST.*|npm_(package|lifecycle|command|config_local_prefix).*)$/.test(name),
  );
  return { ...Object.fromEntries(kept), ...more };
}
