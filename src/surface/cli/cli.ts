import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { createHoldfastClient, type HoldfastClient } from "../client/index.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import type { Output } from "./output/output.ts";

/** What a command has of its process. */
export interface Cli {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends with Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Told by whoever ends well, or with a code of its own. */
  end(code: ExitCode): void;
}

/** What every command that asks a server takes. */
export interface ServerOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

export const DEFAULT_URL = "http://127.0.0.1:4400";

/** A command that asks a server. */
export const serverCommand = (parent: Command, nameAndArguments: string, summary: string): Command =>
  parent
    .command(nameAndArguments)
    .description(summary)
    .option("--url <url>", `where the server is; else HOLDFAST_URL, else ${DEFAULT_URL}`)
    .option("--token-file <file>", "a file with the token, `-` for standard input; else HOLDFAST_TOKEN")
    .option("--json", "for programs");

/** Never from an argument: those are seen by whoever lists the processes of the machine. */
export function connect(cli: Cli, { url, tokenFile }: ServerOptions): HoldfastClient {
  const { environment } = cli;
  const token = tokenFile === undefined ? environment["HOLDFAST_TOKEN"] : readToken(tokenFile);
  try {
    return createHoldfastClient({
      url: url ?? environment["HOLDFAST_URL"] ?? DEFAULT_URL,
      ...(token !== undefined && token !== "" && { token }),
      headers: { "user-agent": "holdfast-cli" },
    });
  } catch (cause) {
    throw new CommandError("bad_use", cause instanceof Error ? cause.message : String(cause), EXIT.badUse, { cause });
  }
}

function readToken(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8").trim();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new CommandError("bad_use", `The token file cannot be read (${code}).`, EXIT.badUse, { cause });
  }
}

/** What a refusal in the form of an answer comes to: told to people, and the exit code to programs. */
export function refused(cli: Cli, message: string): void {
  cli.output.say(message);
  cli.end(EXIT.refused);
}

export function notFound(message: string): never {
  throw new CommandError("not_found", message, EXIT.notFound);
}
