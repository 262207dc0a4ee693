import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { consumerEnvironment, npm, type PackedPackage, packPackage } from "../../scripts/pack-package.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/monorepo", import.meta.url));

/** Compilers that consumers have, besides the example's own. */
const COMPILERS = { "typescript-5.9": "npm:typescript@5.9.3", "typescript-6": "npm:typescript@6.0.3" };

export interface Monorepo {
  readonly folder: string;
  readonly packed: PackedPackage;
  remove(): void;
}

/**
 * A copy of examples/monorepo in a folder of its own, with the packed tarball where the example names it, and all
 * that it asks for installed from the registry: nothing in it comes from this clone.
 */
export async function installMonorepo(): Promise<Monorepo> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "holdfast-consumer-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const packed = await packPackage(join(folder, "packed"));
    cpSync(packed.tarball, join(folder, basename(packed.tarball)));
    const monorepo = join(folder, "examples", "monorepo");
    cpSync(EXAMPLE, monorepo, {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|dist|data|package-lock\.json)$/.test(path),
    });
    const file = join(monorepo, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { devDependencies: Record<string, string> };
    Object.assign(manifest.devDependencies, COMPILERS);
    writeFileSync(file, JSON.stringify(manifest, null, 2));
    await npm(["install", "--prefer-offline", "--no-package-lock"], { cwd: monorepo });
    return { folder: monorepo, packed, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A process of the example's, as `node` runs it. */
export class Started {
  readonly #child: ChildProcess;
  #output = "";
  readonly ended: Promise<number | null>;

  constructor(folder: string, file: string, environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [file], {
      cwd: folder,
      env: consumerEnvironment(environment),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (text: Buffer) => (this.#output += text.toString()));
    this.ended = new Promise((resolve) => this.#child.once("close", resolve));
  }

  get output(): string {
    return this.#output;
  }

  /** The first that it says of this kind. @throws Error with all that it said, when it ends before */
  async says(what: RegExp): Promise<RegExpExecArray> {
    let hasEnded = false;
    void this.ended.then(() => (hasEnded = true));
    for (;;) {
      const found = what.exec(this.#output);
      if (found !== null) return found;
      if (hasEnded) throw new Error(`It ended, and never said ${what}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended;
  }
}
