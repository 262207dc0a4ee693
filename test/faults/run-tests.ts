import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Fault } from "./fault.ts";
import { FAULT_VARIABLE, ROOT } from "./plant.ts";

type NamedTest = Fault["caughtBy"];

export type TestResult =
  | { readonly status: "passed" }
  /** The first line of what it said. `asserted`: a promise was found broken, the test did not crash or wait in vain. */
  | { readonly status: "failed"; readonly asserted: boolean; readonly message: string }
  | { readonly status: "not run"; readonly message: string };

/** Ample for one test, or for one of each, on a machine that is busy with others. */
const RUN_LIMIT_MS = 180_000;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Runs these tests and no others in a process of their own; ends it, and what it started, when `signal` aborts. */
export async function runTests(
  tests: readonly NamedTest[],
  planted: string | undefined,
  signal: AbortSignal,
): Promise<(test: NamedTest) => TestResult> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-faults-"));
  try {
    const output = join(folder, "report.json");
    const said = await runVitest(tests, planted, folder, output, signal);
    const report = readReport(output);
    return (test) => resultOf(report, test, said);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runVitest(
  tests: readonly NamedTest[],
  planted: string | undefined,
  folder: string,
  output: string,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const files = [...new Set(tests.map(({ file }) => file))];
  const names = tests.map(({ test }) => escaped(test));
  const hook = pathToFileURL(join(ROOT, "test/faults/plant-in-node.ts")).href;
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules/vitest/vitest.mjs"),
      "run",
      "--configLoader=native",
      "--config=test/faults/vitest.faults.config.ts",
      "--reporter=json",
      `--outputFile=${output}`,
      `--testNamePattern=^(${names.join("|")})$`,
      ...files,
    ],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that its workers end with it.
      detached: process.platform !== "win32",
      env: {
        ...process.env,
        // What tests leave behind when they are killed goes with the folder.
        TMPDIR: folder,
        ...(planted === undefined
          ? {}
          : {
              [FAULT_VARIABLE]: planted,
              NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import=${hook}`.trim(),
            }),
      },
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => (said = `${said}${text}`.slice(-4_000)));
  const kill = (): void => {
    if (child.exitCode !== null || child.pid === undefined) return;
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  };
  const limit = setTimeout(kill, RUN_LIMIT_MS);
  signal.addEventListener("abort", kill, { once: true });
  await once(child, "close");
  clearTimeout(limit);
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  return said;
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

function resultOf(report: Report | undefined, { file, test }: NamedTest, said: string): TestResult {
  if (report === undefined) return { status: "not run", message: lastLine(said) };
  const inFile = report.testResults.find(({ name }) => name.replaceAll("\\", "/").endsWith(file));
  if (inFile === undefined) return { status: "not run", message: `there is no ${file}` };
  const found = inFile.assertionResults.find(
    ({ ancestorTitles, title, status }) => [...ancestorTitles, title].join(" > ") === test && status !== "skipped",
  );
  if (found?.status === "passed") return { status: "passed" };
  const message = (found?.failureMessages?.[0] ?? inFile.message ?? "").split("\n")[0] ?? "";
  if (found?.status !== "failed") return { status: "not run", message: message || `${file} has no test of that name` };
  return { status: "failed", asserted: message.startsWith("AssertionError"), message };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "the test runner said nothing";

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
