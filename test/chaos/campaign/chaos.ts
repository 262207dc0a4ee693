import { runCampaign } from "./campaign.ts";
import { neo4jMissing } from "./graph-under-test.ts";
import { type ChaosOptions, DEFAULT_ACKNOWLEDGEMENTS_PER_KILL, HELP, parseOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { type CampaignResult, shortcomings } from "./report.ts";
import { toTable } from "./table.ts";

/*
 * npm run chaos: tries to break "nothing lost, nothing twice, in order" by killing. HELP in options.ts says what can be
 * asked of it, campaign.ts what happens.
 */

const FAILED = 1;
const BAD_USE = 2;
const INTERRUPTED = 130;

/** A terminal's Ctrl-C arrives twice, by the terminal and by npm: what comes later than this was pressed again. */
const SAME_PRESS_MS = 1_000;

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === "help") process.stdout.write(HELP);
else if (parsed.kind === "wrong")
  process.stderr.write(`${parsed.message} npm run chaos -- --help says what there is.\n`);
process.exitCode = parsed.kind === "run" ? await run(parsed.options) : parsed.kind === "help" ? 0 : BAD_USE;

async function run(options: ChaosOptions): Promise<number> {
  const stopping = new AbortController();
  let interruptedAtMs: number | undefined;
  const interrupt = (): void => {
    if (interruptedAtMs !== undefined && performance.now() - interruptedAtMs > SAME_PRESS_MS) process.exit(INTERRUPTED);
    interruptedAtMs ??= performance.now();
    stopping.abort(new Error("Interrupted; everything that was started is being stopped."));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);

  const missing = options.neo4j ? neo4jMissing() : undefined;
  if (missing !== undefined)
    process.stderr.write(`No Neo4j can be started here: ${missing}. The campaign goes on with the embedded graph.\n`);
  const graph = options.neo4j && missing === undefined ? "neo4j" : "embedded";

  let result: CampaignResult;
  try {
    using progress = new Progress(options.kills);
    result = await runCampaign(
      {
        ...options,
        graph,
        acknowledgementsPerKill: options.acknowledgementsPerKill ?? DEFAULT_ACKNOWLEDGEMENTS_PER_KILL[graph],
      },
      { signal: stopping.signal, onProgress: progress.show },
    );
  } catch (error) {
    // Ctrl-C reaches the service as well: what failed because of it is not what happened.
    const told: unknown = interruptedAtMs === undefined ? error : stopping.signal.reason;
    process.stderr.write(
      `${told instanceof Error ? told.message : String(told)}${interruptedAtMs === undefined ? ` (seed ${options.seed})` : ""}\n`,
    );
    return interruptedAtMs === undefined ? FAILED : INTERRUPTED;
  }
  process.stdout.write(options.json ? `${JSON.stringify(result.figures)}\n` : toTable(result));
  const wrong = shortcomings(result);
  for (const line of wrong) process.stderr.write(`  ${line}\n`);
  // What was asked for has not been done: nobody may take the exit code for a proof on Neo4j.
  if (missing !== undefined) process.stderr.write(`  Nothing was measured on Neo4j: ${missing}.\n`);
  return wrong.length === 0 && missing === undefined ? 0 : FAILED;
}
