import type { Command } from "commander";
import { reason, whole } from "../arguments.ts";
import { type Cli, connect, refused, serverCommand, type ServerOptions } from "../cli.ts";
import { tableLines } from "../output/table.ts";
import { firstRows } from "../pages.ts";
import { operationColumns } from "./operations.ts";

interface Resolve extends ServerOptions {
  readonly reason: string;
}

export function addDeadLetters(program: Command, cli: Cli): void {
  const letters = program.command("dead-letters").description("Operations that need a person.");

  serverCommand(letters, "list", "Oldest first.")
    .option("--limit <rows>", "at most so many", whole, 50)
    .action(async (options: ServerOptions & { readonly limit: number }) => {
      const holdfast = connect(cli, options);
      const { rows, more } = await firstRows(options.limit, (page) => holdfast.deadLetters.list.query(page));
      if (options.json === true) return cli.output.json({ rows, more });
      if (rows.length === 0) return cli.output.say("There is no dead letter.");
      const columns = operationColumns(cli.now()).filter(({ title }) => title !== "state");
      cli.output.lines(tableLines(columns, rows, cli.output.screen));
      if (more) cli.output.say("There are more: --limit.");
      return undefined;
    });

  serverCommand(letters, "retry <ids...>", "Begin their next life, with all their attempts.")
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .action((ids: readonly string[], options: Resolve) => {
      const { retry } = connect(cli, options).deadLetters;
      return eachOf(cli, ids, options, async (operationId) => {
        const answer = await retry.mutate({ operationId, reason: options.reason });
        return answer.status === "retried"
          ? {
              answer,
              text: answer.place === "same" ? "waits again, in its place" : "waits again, at the end of its lane",
            }
          : { answer, text: undefined };
      });
    });

  serverCommand(letters, "discard <ids...>", "End them; their lanes go on.")
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .action((ids: readonly string[], options: Resolve) => {
      const { discard } = connect(cli, options).deadLetters;
      return eachOf(cli, ids, options, async (operationId) => {
        const answer = await discard.mutate({ operationId, reason: options.reason });
        return { answer, text: answer.status === "discarded" ? "is discarded" : undefined };
      });
    });
}

/** One after the other; all of them, whatever becomes of one. */
async function eachOf(
  cli: Cli,
  ids: readonly string[],
  { json }: ServerOptions,
  resolve: (id: string) => Promise<{ readonly answer: unknown; readonly text: string | undefined }>,
): Promise<void> {
  const answers: unknown[] = [];
  for (const id of ids) {
    const { answer, text } = await resolve(id);
    answers.push(answer);
    if (text === undefined) refused(cli, `${id} is no dead letter (any more).`);
    else if (json !== true) cli.output.lines([`${id} ${text}`]);
  }
  if (json === true) cli.output.json(answers);
}
