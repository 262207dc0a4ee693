import type { Command } from "commander";
import { type Cli, connect, serverCommand, type ServerOptions } from "../cli.ts";
import { followChanges } from "../follow-changes.ts";

export function addWatch(program: Command, cli: Cli): void {
  serverCommand(program, "watch", "Every transition as it happens, explained, until Ctrl-C.").action(
    (options: ServerOptions) => followChanges(cli, connect(cli, options), options.json === true),
  );
}
