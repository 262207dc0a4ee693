import { parseArgs } from "node:util";
import { FAULTS, NOT_BUILT_YET } from "./catalog.ts";

export interface FaultsOptions {
  readonly json: boolean;
  /** Names of faults; all when empty. */
  readonly only: readonly string[];
}

export type ParsedOptions =
  | { readonly kind: "run"; readonly options: FaultsOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

export const HELP = `npm run faults [-- OPTIONS]

Breaks one promise after the other on purpose, by wrapping a port from the tests' side, and shows which test
notices. Fails when none does. Nothing of the product knows of it.

  --json       one JSON array on stdout, nothing else: [{ fault, invariant, caughtBy, message }]
  --only NAME  this fault only; may be given more than once
  --help       this text

Faults, each with the number of the invariant that it breaks:
${FAULTS.map(({ fault, invariant, what }) => `  ${fault.padEnd(30)}${String(invariant ?? "-").padStart(3)}  ${what}`).join("\n")}

Not built yet:
${NOT_BUILT_YET.map(({ fault, invariant, notBuiltYet }) => `  ${fault.padEnd(40)}${String(invariant).padStart(3)}  ${notBuiltYet}`).join("\n")}
`;

/** Reads the command line. `wrong` carries one line that says what and how. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        json: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const unknown = values.only.find((name) => !FAULTS.some(({ fault }) => fault === name));
    if (unknown !== undefined)
      return { kind: "wrong", message: `There is no fault ${JSON.stringify(unknown)}; --help lists them.` };
    return { kind: "run", options: { json: values.json, only: values.only } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "wrong", message: message.split("\n")[0]?.replace(/\. To specify.*$/, ".") ?? message };
  }
}
