import type { Command } from "commander";
import { reason } from "../arguments.ts";
import { type Cli, connect, serverCommand, type ServerOptions } from "../cli.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { bytes, count } from "../output/figures.ts";
import { progressBar } from "../output/progress-bar.ts";
import { span } from "../output/moments.ts";

interface BackupOptions extends ServerOptions {
  readonly data?: string;
  readonly reason?: string;
}

const PAGE_BYTES = 4_096;

const HELP = `
With --data the journal of that directory is copied to the file, also while a server works in it: neither waits for the
other. Without, the server copies into the folder that it was given for backups (backupDirectory), and says the name.
The copy is checked before it gets its name. To restore it, put it into an empty folder as journal.db, and start with
that as the data directory; what a graph has received already is absorbed by its receipts.
`;

export function addBackup(program: Command, cli: Cli): void {
  serverCommand(program, "backup [file]", "Copy the journal as it is at one moment, and check the copy.")
    .option("--data <directory>", "instead of a server: a data directory, at work or not")
    .option("--reason <text>", "why; kept in the server's audit", reason)
    .addHelpText("after", HELP)
    .action(async (file: string | undefined, options: BackupOptions) => {
      if (options.data === undefined) await onServer(cli, file, options);
      else await ofDirectory(cli, file, options.data, options.json === true);
    });
}

async function onServer(cli: Cli, file: string | undefined, options: BackupOptions): Promise<void> {
  if (file !== undefined)
    throw new CommandError(
      "bad_use",
      "A file is for --data; the server chooses the name in its own folder.",
      EXIT.badUse,
    );
  if (options.reason === undefined) throw new CommandError("bad_use", "Say why, by --reason.", EXIT.badUse);
  const made = await connect(cli, options).backups.create.mutate({ reason: options.reason });
  if (options.json === true) cli.output.json(made);
  else cli.output.lines([`${made.name}  ${bytes(made.bytes)}, ${rowsText(made.rows)}, ${span(made.tookMs)}`]);
}

async function ofDirectory(cli: Cli, file: string | undefined, dataDirectory: string, json: boolean): Promise<void> {
  if (file === undefined) throw new CommandError("bad_use", "Name the file that the copy goes to.", EXIT.badUse);
  // Only here: whoever asks a server should not have to wait for SQLite.
  const { backupJournal } = await import("../../../storage/backup/backup-journal.ts");
  const bar = progressBar(cli.output, "copying");
  const made = await backupJournal({
    dataDirectory,
    file,
    onProgress: ({ copiedPages, totalPages }) => bar.at(copiedPages, totalPages, PAGE_BYTES),
  }).finally(() => bar.end());
  if (json) cli.output.json(made);
  else cli.output.lines([`${made.file}  ${bytes(made.bytes)}, ${rowsText(made.rows)}`]);
}

const rowsText = (rows: Readonly<Record<string, number>>): string =>
  `${count(rows["operation"] ?? 0)} waiting and ${count(rows["ended"] ?? 0)} ended operations`;
