import { type Command, InvalidArgumentError } from "commander";
import type { HoldfastOutputs } from "../../client/index.ts";
import { oneOf, reason, whole } from "../arguments.ts";
import { type Cli, connect, refused, serverCommand, type ServerOptions } from "../cli.ts";
import { count } from "../output/figures.ts";
import { clockTime } from "../output/moments.ts";
import type { Paint } from "../output/screen.ts";
import { type Column, tableLines } from "../output/table.ts";
import { firstRows } from "../pages.ts";

type Alert = HoldfastOutputs["alerts"]["list"]["rows"][number];

const STATUSES = ["open", "acknowledged", "resolved"] as const satisfies readonly Alert["status"][];

export function addAlerts(program: Command, cli: Cli): void {
  const alerts = program.command("alerts").description("What persons should know of.");

  serverCommand(alerts, "list", "Newest first; those that are not over, unless a status is given.")
    .option("--status <status>", STATUSES.join(", "), oneOf(STATUSES))
    .option("--all", "also those that are over")
    .option("--limit <rows>", "at most so many", whole, 50)
    .action(
      async (
        options: ServerOptions & { readonly status?: Alert["status"]; readonly all?: boolean; readonly limit: number },
      ) => {
        const { status, all, limit } = options;
        const holdfast = connect(cli, options);
        const statuses =
          status !== undefined ? [status] : all === true ? [undefined] : (["open", "acknowledged"] as const);
        const rows: Alert[] = [];
        let more = false;
        for (const each of statuses) {
          const found = await firstRows(limit, (page) =>
            holdfast.alerts.list.query({ ...(each !== undefined && { status: each }), ...page }),
          );
          rows.push(...found.rows);
          more ||= found.more;
        }
        const shown = rows.toSorted((a, b) => b.id - a.id).slice(0, limit);
        more ||= shown.length < rows.length;
        if (options.json === true) return cli.output.json({ rows: shown, more });
        if (shown.length === 0) return cli.output.say("There is no alert.");
        cli.output.lines(tableLines(columns(cli.now()), shown, cli.output.screen));
        if (more) cli.output.say("There are more: --limit.");
        return undefined;
      },
    );

  for (const verb of ["acknowledge", "resolve"] as const)
    serverCommand(alerts, `${verb}`, SUMMARY[verb])
      .argument("<id>", "its number", alertId)
      .requiredOption("--reason <text>", "why; kept in the audit", reason)
      .action(async (id: number, options: ServerOptions & { readonly reason: string }) => {
        const answer = await connect(cli, options).alerts[verb].mutate({ id, reason: options.reason });
        if (options.json === true) cli.output.json(answer);
        if (answer.status === "not_open") return refused(cli, `There is no alert ${id} that is open.`);
        if (options.json !== true)
          cli.output.lines([
            answer.status === "already"
              ? `alert ${id} was already ${answer.alert.status}`
              : `alert ${id} is ${answer.status}`,
          ]);
        return undefined;
      });
}

const SUMMARY = {
  acknowledge: "Somebody has seen it, and says what becomes of it.",
  resolve: "It is over. Raised again, it is a new one.",
} as const;

/** `3`, or `alert:3` as `explain` calls it. */
function alertId(text: string): number {
  const [, digits] = /^(?:alert:)?(\d{1,15})$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("An alert is named by its number.");
  return Number(digits);
}

const PAINT: Readonly<Record<Alert["severity"], Paint | undefined>> = {
  info: undefined,
  warning: "yellow",
  critical: "red",
};

const columns = (now: number): readonly Column<Alert>[] => [
  { title: "alert", text: ({ id }) => String(id), align: "right" },
  { title: "severity", text: ({ severity }) => severity, paint: ({ severity }) => PAINT[severity] },
  { title: "status", text: ({ status }) => status },
  { title: "since", text: ({ openedAt }) => clockTime(openedAt, now) },
  { title: "times", text: ({ occurrences }) => count(occurrences), align: "right" },
  { title: "subject", text: ({ subject }) => subject, gives: true },
  { title: "what", text: ({ what }) => what, gives: true },
];
