import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./ledger.ts";
import { type Example, ROOT } from "./markdown.ts";

/** What examples import besides us. */
const PACKAGES = ["zod", "fastify", "pino", "@opentelemetry", "@trpc", "@types", "undici-types"];

/** A folder as that of a service: it has holdfast and what it uses installed. */
export function serviceFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "holdfast"));
  for (const name of PACKAGES) symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

export interface ExampleRun {
  /** Null when it was stopped because it had printed everything. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** Longer than any example needs on a busy machine: one that hangs ends with what it has printed. */
const HANGS_AFTER_MS = 45_000;

/**
 * Runs an example as a service of its own would: in its own folder, importing by package name. One that is marked
 * `runs until stopped` is stopped when it has printed what the document says.
 */
export async function runExample(
  { code, note, prints }: Pick<Example, "code" | "note" | "prints">,
  environment: Readonly<Record<string, string>> = {},
): Promise<ExampleRun> {
  const folder = serviceFolder();
  writeFileSync(join(folder, "example.ts"), code);
  const child = spawn(process.execPath, ["--conditions=holdfast-source", "example.ts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const hangs = setTimeout(() => child.kill("SIGKILL"), HANGS_AFTER_MS);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => {
      output += text.toString();
      if (note === UNTIL_STOPPED && missingIn(output, prints) === undefined) child.kill("SIGKILL");
    });
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(hangs);
  return { exitCode, output };
}

export const UNTIL_STOPPED = "runs until stopped";

/** The first line that was not printed after those before it. */
export function missingIn(output: string, prints: readonly string[]): string | undefined {
  const lines = output.split("\n").map((line) => line.trimEnd());
  let from = 0;
  for (const wanted of prints) {
    const pattern = new RegExp(`^${wanted.trimEnd().split("…").map(escaped).join(".*")}$`);
    const found = lines.findIndex((line, index) => index >= from && pattern.test(line));
    if (found < 0) return wanted;
    from = found + 1;
  }
  return undefined;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
