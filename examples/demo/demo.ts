import { direct } from "./director.ts";
import { type DemoOptions, HELP, parseOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { type DemoResult, shortcomings } from "./report.ts";
import { toTable } from "./table.ts";

/*
 * npm run demo: the main job, and the proof that it was done. HELP in options.ts says what can be asked of it,
 * director.ts what happens.
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
process.exitCode = parsed.kind === "run" ? await run(parsed.options) : parsed.kind === "help" ? 0 : BAD_USE;

async function run(options: DemoOptions): Promise<number> {
  const stopping = new AbortController();
  let interruptedAtMs: number | undefined;
  const interrupt = (): void => {
    if (interruptedAtMs !== undefined && performance.now() - interruptedAtMs > SAME_PRESS_MS) process.exit(INTERRUPTED);
    interruptedAtMs ??= performance.now();
    stopping.abort(new Error("Interrupted; everything that was started is being stopped."));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  const tooLong = new Error(
    `The demo was not done after ${options.timeoutSeconds} s; --timeout-seconds gives it longer.`,
  );
  const limit = setTimeout(() => stopping.abort(tooLong), options.timeoutSeconds * 1_000);

  let result: DemoResult;
  try {
    using progress = new Progress(options.operations);
    result = await direct(options, progress, stopping.signal);
  } catch (error) {
    // Ctrl-C reaches a Neo4j of our own as well: what failed because of it is not what happened.
    const told: unknown = interruptedAtMs === undefined ? error : stopping.signal.reason;
    process.stderr.write(`${told instanceof Error ? told.message : String(told)}\n`);
    return interruptedAtMs === undefined ? FAILED : INTERRUPTED;
  } finally {
    clearTimeout(limit);
  }
  process.stdout.write(options.json ? `${JSON.stringify(result.figures)}\n` : toTable(result));
  const wrong = shortcomings(result);
  for (const line of wrong) process.stderr.write(`  ${line}\n`);
  return wrong.length === 0 ? 0 : FAILED;
}
