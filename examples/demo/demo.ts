import { direct } from "./director.ts";
import { type DemoOptions, HELP, parseOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { type DemoResult, shortcomings } from "./report.ts";
import { playScenario } from "./scenarios/scenario-command.ts";
import { toTable } from "./table.ts";

/*
 * npm run demo: the main job, and the proof that it was done; with --scenario, other troubles and what callers see of
 * them. HELP in options.ts says what can be asked of it, director.ts and scenarios/run-arm.ts what happens.
 */

const FAILED = 1;
const BAD_USE = 2;
const INTERRUPTED = 130;

/** A terminal's Ctrl-C arrives twice, by the terminal and by npm: what comes later than this was pressed again. */
const SAME_PRESS_MS = 1_000;

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === "help") process.stdout.write(HELP);
else if (parsed.kind === "wrong")
  process.stderr.write(`${parsed.message} npm run demo -- --help says what there is.\n`);
process.exitCode =
  parsed.kind === "run"
    ? await limited(parsed.options, (signal) => runMainJob(parsed.options, signal))
    : parsed.kind === "scenario"
      ? await limited(parsed.options, (signal) => playScenario(parsed.options, signal))
      : parsed.kind === "help"
        ? 0
        : BAD_USE;

/** Resolves to the exit code of what `work` finds out, in the time that it has. */
async function limited(
  { timeoutSeconds }: { readonly timeoutSeconds: number },
  work: (signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const stopping = new AbortController();
  let interruptedAtMs: number | undefined;
  const interrupt = (): void => {
    if (interruptedAtMs !== undefined && performance.now() - interruptedAtMs > SAME_PRESS_MS) process.exit(INTERRUPTED);
    interruptedAtMs ??= performance.now();
    stopping.abort(new Error("Interrupted; everything that was started is being stopped."));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  const tooLong = new Error(`The demo was not done after ${timeoutSeconds} s; --timeout-seconds gives it longer.`);
  const limit = setTimeout(() => stopping.abort(tooLong), timeoutSeconds * 1_000);
  try {
    return (await work(stopping.signal)) ? 0 : FAILED;
  } catch (error) {
    // Ctrl-C reaches a Neo4j of our own as well: what failed because of it is not what happened.
    const told: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
    process.stderr.write(`${told instanceof Error ? told.message : String(told)}\n`);
    return interruptedAtMs === undefined ? FAILED : INTERRUPTED;
  } finally {
    clearTimeout(limit);
  }
}

async function runMainJob(options: DemoOptions, signal: AbortSignal): Promise<boolean> {
  let result: DemoResult;
  {
    using progress = new Progress(options.operations);
    result = await direct(options, progress, signal);
  }
  process.stdout.write(options.json ? `${JSON.stringify(result.figures)}\n` : toTable(result));
  const wrong = shortcomings(result);
  for (const line of wrong) process.stderr.write(`  ${line}\n`);
  return wrong.length === 0;
}
