import { Command } from "commander";
import { packageVersion } from "../server/package-version.ts";
import type { Cli } from "./cli.ts";
import { EXIT_CODES_HELP } from "./exit-codes.ts";
import { addAlerts } from "./verbs/alerts.ts";
import { addBackup } from "./verbs/backup.ts";
import { addDeadLetters } from "./verbs/dead-letters.ts";
import { addDependencies } from "./verbs/dependencies.ts";
import { addExplain } from "./verbs/explain.ts";
import { addIncidents } from "./verbs/incidents.ts";
import { addMachines } from "./verbs/machines.ts";
import { addMode } from "./verbs/mode.ts";
import { addOperations } from "./verbs/operations.ts";
import { addQueue } from "./verbs/queue.ts";
import { addServe } from "./verbs/serve.ts";
import { addStatus } from "./verbs/status.ts";
import { addToken } from "./verbs/token.ts";
import { addWatch } from "./verbs/watch.ts";

const VERBS = [
  addStatus,
  addExplain,
  addWatch,
  addMode,
  addQueue,
  addOperations,
  addDeadLetters,
  addDependencies,
  addAlerts,
  addIncidents,
  addMachines,
  addToken,
  addBackup,
  addServe,
];

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
  for (const add of VERBS) add(program, cli);
  return program;
}
