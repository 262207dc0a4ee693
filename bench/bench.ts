import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Entry } from "./entry.ts";
import { machineLine } from "./machine.ts";
import { type BenchOptions, HELP, parseOptions } from "./options.ts";
import { installPeers } from "./peers/install-peers.ts";
import type { SuiteOrder, SuiteReport } from "./run-suite.ts";
import { listedSuite } from "./suites/index.ts";
import { toMarkdown, toTable } from "./table.ts";

/* npm run bench: HELP in options.ts says what can be asked of it. */

const FAILED = 1;
const BAD_USE = 2;
const INTERRUPTED = 130;

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === "help") process.stdout.write(HELP);
else if (parsed.kind === "wrong")
  process.stderr.write(`${parsed.message} npm run bench -- --help says what there is.\n`);
process.exitCode = parsed.kind === "run" ? await run(parsed.options) : parsed.kind === "help" ? 0 : BAD_USE;

async function run(options: BenchOptions): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
  const software = new Set<string>();
  const peersMissing = options.peers ? await installPeers(stopping.signal) : "left out by --without-peers";
  if (peersMissing !== undefined) say(`The peers are not measured: ${peersMissing}.`);
  const entries: Entry[] = [];
  let failed = false;
  for (const suite of options.suites) {
    if (stopping.signal.aborted) break;
    const startedAt = performance.now();
    const report = (told: SuiteReport): void => {
      if ("entry" in told) entries.push(told.entry);
      else if ("software" in told) software.add(told.software);
      else if ("progress" in told) say(`${suite}: ${told.progress}`);
      else {
        failed = true;
        say(`${suite}: failed: ${told.failed}`);
        entries.push({
          suite,
          case: "the rest of the suite",
          peerName: null,
          absent: told.failed.split("\n")[0] ?? "",
        });
      }
    };
    const { quick } = options;
    await runSuite({ suite, quick, ...(peersMissing === undefined ? {} : { peersMissing }) }, report, stopping.signal);
    say(`${suite}: took ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  }
  if (stopping.signal.aborted) {
    say("Interrupted; what was started has been ended.");
    return INTERRUPTED;
  }
  const machine = machineLine([...software]);
  say(machine);
  if (options.format === "json") process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else process.stdout.write(options.format === "markdown" ? toMarkdown(entries, machine) : toTable(entries));
  return failed ? FAILED : 0;
}

async function runSuite(
  asked: Omit<SuiteOrder, "folder">,
  report: (told: SuiteReport) => void,
  signal: AbortSignal,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-bench-${asked.suite}-`));
  const order: SuiteOrder = { ...asked, folder };
  const child = fork(fileURLToPath(new URL("./run-suite.ts", import.meta.url)), [JSON.stringify(order)], {
    execArgv: [
      ...(listedSuite(order.suite).nodeFlags ?? []),
      "--import",
      new URL("./resolve-holdfast.mjs", import.meta.url).href,
    ],
    stdio: ["ignore", 2, 2, "ipc"],
    // A server's own folder as well.
    env: { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder },
  });
  let told = false;
  child.on("message", (message) => {
    told ||= "failed" in (message as SuiteReport);
    report(message as SuiteReport);
  });
  const stop = (): boolean => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const [code, killedBy] = (await once(child, "exit")) as [number | null, string | null];
  signal.removeEventListener("abort", stop);
  // A server that was killed with it may write its last.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  if (code !== 0 && !told && !signal.aborted)
    report({ failed: `its process ended by itself (${killedBy ?? `exit code ${code}`})` });
}
