import { parseArgs } from "node:util";
import { SUITE_NAMES, type SuiteName, SUITES } from "./suites/index.ts";

export interface BenchOptions {
  readonly suites: readonly SuiteName[];
  readonly format: "table" | "json" | "markdown";
  readonly quick: boolean;
  readonly peers: boolean;
}

export type ParsedOptions =
  | { readonly kind: "run"; readonly options: BenchOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

export const HELP = `npm run bench [-- OPTIONS] [SUITE...]

Measures Holdfast and what people would use instead, in one run, interleaved, and says how they compare: a ratio above 1
means that Holdfast is better. Every figure is a median; what cannot be measured here is said to be absent, and why.

Suites; all of them where none is named:
${SUITE_NAMES.map((name) => `  ${name.padEnd(9)} ${SUITES[name].measures}`).join("\n")}

  --json           one JSON array on stdout, nothing else: [{suite, case, ours, peer, peerName, unit, ratio}]
  --markdown       the table as it stands in docs/performance.md
  --quick          small sizes: shows that it runs, and says nothing about speed
  --without-peers  does not install the peers (bench/package.json), and measures ours alone
  --help           this text
`;

/** Reads the command line. `wrong` carries one line that says what and how. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        "without-peers": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    if (values.json && values.markdown) throw new Error("--json and --markdown are two forms of one output: choose.");
    const unknown = positionals.find((name) => !isSuiteName(name));
    if (unknown !== undefined)
      throw new Error(`There is no suite ${JSON.stringify(unknown)}; there are: ${SUITE_NAMES.join(", ")}.`);
    const asked = positionals.filter(isSuiteName);
    return {
      kind: "run",
      options: {
        suites: asked.length === 0 ? SUITE_NAMES : SUITE_NAMES.filter((name) => asked.includes(name)),
        format: values.json ? "json" : values.markdown ? "markdown" : "table",
        quick: values.quick,
        peers: !values["without-peers"],
      },
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "wrong", message: message.split("\n")[0]?.replace(/\. To specify.*$/, ".") ?? message };
  }
}

const isSuiteName = (name: string): name is SuiteName => Object.hasOwn(SUITES, name);
