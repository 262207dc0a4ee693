import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scenarioNamed, SCENARIOS } from "./scenarios/catalog.ts";

export interface DemoOptions {
  readonly operations: number;
  readonly lanes: number;
  /** Folder of the manuals that are copied. */
  readonly documents: string;
  readonly neo4j: boolean;
  readonly json: boolean;
  readonly seed: number;
  /** Operations offered per second; undefined: as many as this machine can take. */
  readonly ratePerSecond: number | undefined;
  readonly timeoutSeconds: number;
  /** Leaves the temporary folder (journal, graph file, acknowledgements) behind. */
  readonly keep: boolean;
}

/** Of `--scenario`: another way to trouble the service, and what it looks like from outside. */
export interface ScenarioOptions {
  readonly scenario: string;
  /** The same load without Holdfast as well. */
  readonly control: boolean;
  readonly timeScale: number;
  readonly neo4j: boolean;
  readonly json: boolean;
  readonly timeoutSeconds: number;
  readonly keep: boolean;
}

export type ParsedOptions =
  | { readonly kind: "run"; readonly options: DemoOptions }
  | { readonly kind: "scenario"; readonly options: ScenarioOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

/** Fewer do not leave room for 20 swallowed answers before the cut, and 30 % of the load within it. */
const FEWEST_OPERATIONS = 200;

/** Ten minutes become ten seconds. */
const TIME_SCALE = 60;
/** Above this, dwells would be shorter than what they look at. */
const MOST_TIME_SCALE = 600;
const SCENARIO_ONLY = ["control", "time-scale"] as const;
const MAIN_JOB_ONLY = ["operations", "lanes", "rate", "documents", "seed"] as const;

export const HELP = `npm run demo [-- OPTIONS]

Offers work at a steady rate from an outside process, takes the graph away in the middle, brings it back,
and proves from the graph itself that nothing was lost, doubled or put out of order.

  --operations N       how many operations; default 5000, at least ${FEWEST_OPERATIONS}
  --lanes L            over how many documents; default 200
  --rate R             operations offered per second; default: measured, what this machine can take, at most 250
  --documents DIR      a folder of manuals (.md, .txt); default: the shipped ones
  --neo4j              a real Neo4j: one of its own (needs Java 17), or NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD
  --json               one JSON object on stdout, nothing else
  --seed S             what is drawn: a whole number; default 1
  --timeout-seconds T  gives up after this long; default 600
  --keep               leaves the temporary folder behind
  --help               this text

npm run demo -- --scenario NAME [--control] [--time-scale N] [--neo4j] [--json] [--timeout-seconds T] [--keep]

Troubles the service in another way, and measures from outside what its callers saw before, during and after. NAME:

${SCENARIOS.map(({ name, story }) => `  ${name.padEnd(19)}  ${story}`).join("\n")}

  --control            the same load on the same handlers without Holdfast, beside it
  --time-scale N       every dwell and interval of the presets is divided by N, 1 to ${MOST_TIME_SCALE}; default ${TIME_SCALE}
`;

/** Reads the command line. `wrong` carries one line that says what and how. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        operations: { type: "string" },
        lanes: { type: "string" },
        rate: { type: "string" },
        documents: { type: "string" },
        neo4j: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        seed: { type: "string" },
        "timeout-seconds": { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        scenario: { type: "string" },
        control: { type: "boolean" },
        "time-scale": { type: "string" },
      },
    });
    if (values.help) return { kind: "help" };
    const timeoutSeconds = wholeNumber("timeout-seconds", values["timeout-seconds"], 600, 1, 86_400);
    const { neo4j, json, keep, scenario } = values;
    for (const name of scenario === undefined ? SCENARIO_ONLY : MAIN_JOB_ONLY)
      if (values[name] !== undefined)
        throw new RangeError(`--${name} goes ${scenario === undefined ? "only" : "not"} with --scenario.`);
    if (scenario !== undefined) {
      const timeScale = wholeNumber("time-scale", values["time-scale"], TIME_SCALE, 1, MOST_TIME_SCALE);
      const { name } = scenarioNamed(scenario);
      const control = values.control === true;
      return { kind: "scenario", options: { scenario: name, control, timeScale, neo4j, json, timeoutSeconds, keep } };
    }
    const operations = wholeNumber("operations", values.operations, 5_000, FEWEST_OPERATIONS, 1_000_000);
    const options: DemoOptions = {
      operations,
      lanes: wholeNumber("lanes", values.lanes, 200, 1, 100_000),
      ratePerSecond: values.rate === undefined ? undefined : wholeNumber("rate", values.rate, 0, 1, 10_000),
      documents: values.documents ?? fileURLToPath(new URL("../manuals/documents", import.meta.url)),
      neo4j,
      json,
      seed: wholeNumber("seed", values.seed, 1, 0, 2 ** 31),
      timeoutSeconds,
      keep,
    };
    return { kind: "run", options };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "wrong", message: message.split("\n")[0]?.replace(/\. To specify.*$/, ".") ?? message };
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new RangeError(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}
