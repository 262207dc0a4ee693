import type { Command } from "commander";
import { type Cli, connect, notFound, serverCommand, type ServerOptions } from "../cli.ts";
import { plainText } from "../output/plain-text.ts";
import { painted } from "../output/screen.ts";

export function addExplain(program: Command, cli: Cli): void {
  serverCommand(
    program,
    "explain [id]",
    "Why: of an operation (op_…), a transition (transition:12), an alert (alert:3), or of what is in force (now).",
  ).action(async (id: string | undefined, options: ServerOptions) => {
    const explanation = await connect(cli, options).degradation.explain.query({ target: id ?? "now" });
    if (explanation === null) notFound(`Nothing is known of ${id ?? "now"}, or not any more.`);
    const { output } = cli;
    if (options.json === true) return output.json(explanation);
    // Long reasons wrap as the terminal likes: what is explained is not cut.
    output.lines(
      explanation.lines.map((line, place) =>
        painted(output.screen, place === 0 ? "bold" : line.includes("↳") ? "dim" : undefined, plainText(line)),
      ),
    );
    return undefined;
  });
}
