import type { Command } from "commander";
import { oneOf, reason } from "../arguments.ts";
import { type Cli, connect, serverCommand, type ServerOptions } from "../cli.ts";
import { EXIT } from "../exit-codes.ts";
import { dependencyLines } from "./status.ts";

const ORDERS = ["force_open", "disable", "enable"] as const;
type Order = (typeof ORDERS)[number];

interface Ordered extends ServerOptions {
  readonly reason: string;
}

export function addDependencies(program: Command, cli: Cli): void {
  const dependencies = program.command("dependencies").description("What the service leans on, and its breakers.");

  serverCommand(dependencies, "list", "Every dependency: its breaker, its limit, what was measured.").action(
    async (options: ServerOptions) => {
      const found = await connect(cli, options).dependencies.list.query();
      if (options.json === true) return cli.output.json(found);
      if (found.length === 0) return cli.output.say("There is no dependency.");
      return cli.output.lines(dependencyLines({ dependencies: found }, cli.output.screen, cli.now()));
    },
  );

  serverCommand(dependencies, "reset <name>", "Probe now, and give back a breaker that was taken in hand.")
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .action(async (name: string, options: Ordered) => {
      const answer = await connect(cli, options).dependencies.reset.mutate({ name, reason: options.reason });
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "unavailable") return unavailable(cli);
      if (options.json !== true)
        cli.output.lines([
          answer.status === "already_closed"
            ? `${name} is closed already`
            : `${name} is probed now; its breaker (${answer.state}) closes only when that succeeds`,
        ]);
      return undefined;
    });

  serverCommand(dependencies, "order <name>", "Take a breaker in hand: force_open, disable; enable gives it back.")
    .argument("<order>", ORDERS.join(", "), oneOf(ORDERS))
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .action(async (name: string, order: Order, options: Ordered) => {
      const answer = await connect(cli, options).dependencies.order.mutate({ name, order, reason: options.reason });
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "unavailable") return unavailable(cli);
      if (options.json !== true) cli.output.lines([`${name} is ${answer.state} · ${ORDER_SAYS[order]}`]);
      return undefined;
    });
}

const ORDER_SAYS: Readonly<Record<Order, string>> = {
  force_open: "nothing calls it until enable",
  disable: "it is called whatever fails, until enable",
  enable: "its breaker decides again, and probes first",
};

function unavailable(cli: Cli): void {
  cli.output.say("The breaker's actor is down at the moment; nothing has changed. Try again.");
  cli.end(EXIT.failed);
}
