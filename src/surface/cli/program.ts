import { Command } from "commander";
import { packageVersion } from "../server/package-version.ts";
import type { Cli } from "./cli.ts";
import { EXIT_CODES_HELP } from "./exit-codes.ts";
import { addAlerts } from "./verbs/alerts.ts";
import { addDeadLetters } from "./verbs/dead-letters.ts";
import { addDependencies } from "./verbs/dependencies.ts";
import { addExplain } from "./verbs/explain.ts";
import { addMode } from "./verbs/mode.ts";
import { addOperations } from "./verbs/operations.ts";
import { addStatus } from "./verbs/status.ts";

/** `holdfast` and its verbs, one file each. */
export function createProgram(cli: Cli): Command {
  const program = new Command("holdfast")
    .description("Asks a running Holdfast server, and tells it what persons decide.")
    .version(packageVersion())
    .option("--no-color", "no colour; also NO_COLOR, and wherever it is piped")
    .addHelpText("after", EXIT_CODES_HELP)
    .configureHelp({ sortSubcommands: false })
    .showSuggestionAfterError()
    .enablePositionalOptions();
  for (const add of [addStatus, addExplain, addMode, addOperations, addDeadLetters, addDependencies, addAlerts])
    add(program, cli);
  return program;
}
