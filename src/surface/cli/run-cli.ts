import type { Command } from "commander";
import { CommanderError } from "commander";
import type { Cli } from "./cli.ts";
import { EXIT, type ExitCode, told } from "./exit-codes.ts";
import { Output } from "./output/output.ts";
import { screenOf } from "./output/screen.ts";
import { createProgram } from "./program.ts";

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command line has around it. */
export interface Surroundings {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends with Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command line, from its words to its exit code. */
export async function runCli(words: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { environment, stdout, stderr, signal } = surroundings;
  const wantsColour = !words.includes("--no-color");
  const dataScreen = screenOf(stdout, environment, wantsColour);
  const wordsScreen = screenOf(stderr, environment, wantsColour);
  const output = new Output(
    { write: (text) => stdout.write(text), screen: dataScreen },
    { write: (text) => stderr.write(text), screen: wordsScreen },
  );
  let exitCode: ExitCode | undefined;
  const cli: Cli = {
    output,
    environment,
    signal,
    now: Date.now,
    end: (code) => {
      exitCode = code;
    },
  };
  const program = createProgram(cli);
  for (const command of everyCommand(program))
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(text),
      // A wrong use is told below, once.
      writeErr: () => {},
      getOutHasColors: () => dataScreen.hasColour,
    });
  try {
    // It may stand anywhere, and has been read.
    const others = words.filter((word) => word !== "--no-color");
    await program.parseAsync(others.length === 0 ? ["--help"] : others, { from: "user" });
    return exitCode ?? (signal.aborted ? EXIT.interrupted : EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    if (signal.aborted) return EXIT.interrupted;
    const { exitCode: code, ...said } = told(error);
    const what = { ...said, message: withoutTokens(said.message) };
    if (words.includes("--json")) output.failAsJson(what);
    else output.fail(error instanceof CommanderError ? what.message.replace(/^error: /, "") : what.message);
    return code;
  }
}

/** Whoever writes a token where none belongs shall not find it in a log as well. */
const withoutTokens = (message: string): string => message.replaceAll(/\bhf_\w+/g, "hf_…");

function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* everyCommand(child);
}
