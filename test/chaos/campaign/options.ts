import { parseArgs } from "node:util";

export interface ChaosOptions {
  readonly kills: number;
  readonly lanes: number;
  readonly seed: number;
  readonly neo4j: boolean;
  readonly json: boolean;
  /** Undefined: what suits the graph. */
  readonly acknowledgementsPerKill: number | undefined;
  readonly keep: boolean;
}

export type ParsedOptions =
  | { readonly kind: "run"; readonly options: ChaosOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

/** Acknowledged operations per kill where nothing else is asked for: what a graph can take in a few seconds. */
export const DEFAULT_ACKNOWLEDGEMENTS_PER_KILL = { embedded: 5_200, neo4j: 1_500 } as const;

export const HELP = `npm run chaos [-- OPTIONS]

Kills a service with SIGKILL at full load, again and again: half of the time at named points with work in flight,
else while it drains, starts, makes its tables, or at random. Starts it again, submits again what was not
acknowledged, and proves from the graph itself that nothing was lost, doubled or put out of order.

  --kills N           how often; default 20, at least 1
  --neo4j             a real Neo4j of its own (needs Java 17) behind a proxy: the server is killed as well, and
                      the proxy cut and stalled. NEO4J_URI is not used: nobody else's server is killed.
  --lanes L           over how many lanes; default 20000
  --acks-per-kill A   acknowledged operations per kill; default ${DEFAULT_ACKNOWLEDGEMENTS_PER_KILL.embedded}, with --neo4j ${DEFAULT_ACKNOWLEDGEMENTS_PER_KILL.neo4j}
  --seed S            what is drawn: a whole number; default 1. The same seed makes the same schedule of kills.
  --json              one JSON object on stdout, nothing else
  --keep              leaves the temporary folder (journal, graph file, acknowledgements) behind
  --help              this text

Exit code 0: all zeros. 1: something was found, or the campaign could not be carried out. 2: bad options.
`;

/** Reads the command line. `wrong` carries one line that says what and how. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: joinNegativeNumbers(argv),
      options: {
        kills: { type: "string" },
        lanes: { type: "string" },
        seed: { type: "string" },
        "acks-per-kill": { type: "string" },
        neo4j: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const perKill = values["acks-per-kill"];
    const options: ChaosOptions = {
      kills: wholeNumber("kills", values.kills, 20, 1, 100_000),
      lanes: wholeNumber("lanes", values.lanes, 20_000, 1, 1_000_000),
      seed: wholeNumber("seed", values.seed, 1, 0, 2 ** 31),
      acknowledgementsPerKill:
        perKill === undefined ? undefined : wholeNumber("acks-per-kill", perKill, 0, 1, 1_000_000),
      neo4j: values.neo4j,
      json: values.json,
      keep: values.keep,
    };
    return { kind: "run", options };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "wrong", message: message.split("\n")[0]?.replace(/\. To specify.*$/, ".") ?? message };
  }
}

/** `--kills -5` is taken as what it means, so that what is wrong with it can be said. */
function joinNegativeNumbers(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1);
    if (/^-\d/.test(word) && before?.startsWith("--") === true && !before.includes("="))
      joined[joined.length - 1] = `${before}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new RangeError(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}
