import type { Command } from "commander";
import type { HoldfastOutputs } from "../../client/index.ts";
import { reason } from "../arguments.ts";
import { type Cli, connect, refused, serverCommand, type ServerOptions } from "../cli.ts";
import { EXIT } from "../exit-codes.ts";
import { clockTime, fromNow, span } from "../output/moments.ts";
import type { Screen } from "../output/screen.ts";
import { factLines, tableLines } from "../output/table.ts";

type Incident = HoldfastOutputs["incidents"]["list"][number];

export function addIncidents(program: Command, cli: Cli): void {
  const incidents = program.command("incidents").description("What is done about each condition, and who is called.");

  serverCommand(incidents, "list", "Those that are open.")
    .option("--all", "also those that are quiet")
    .action(async (options: ServerOptions & { readonly all?: boolean }) => {
      const all = await connect(cli, options).incidents.list.query();
      const shown = options.all === true ? all : all.filter(({ isOpen }) => isOpen);
      if (options.json === true) return cli.output.json(shown);
      if (shown.length === 0) return cli.output.say("No incident is open.");
      return cli.output.lines(incidentLines(shown, cli.output.screen, cli.now()));
    });

  serverCommand(incidents, "show <condition>", "One of them, and what was tried: dependency_unavailable:graph.").action(
    async (condition: string, options: ServerOptions) => {
      const incident = await connect(cli, options).incidents.get.query({ condition });
      if (options.json === true) return cli.output.json(incident);
      return cli.output.lines(showLines(incident, cli.output.screen, cli.now()));
    },
  );

  serverCommand(incidents, "acknowledge <condition>", "Take one over: nobody is called about it any more.")
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .action(async (condition: string, options: ServerOptions & { readonly reason: string }) => {
      const answer = await connect(cli, options).incidents.acknowledge.mutate({ condition, reason: options.reason });
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "not_paged") return refused(cli, `Nobody is called about ${condition}.`);
      if (answer.status === "unavailable") {
        cli.output.say("The incident's actor is down at the moment; nothing has changed. Try again.");
        return cli.end(EXIT.failed);
      }
      if (options.json !== true) cli.output.lines([`${condition} is acknowledged`]);
      return undefined;
    });
}

const incidentLines = (incidents: readonly Incident[], screen: Screen, now: number): readonly string[] =>
  tableLines(
    [
      { title: "condition", text: ({ id }) => id },
      {
        title: "state",
        text: ({ state }) => state,
        paint: ({ paged, isOpen }) => (paged ? "red" : isOpen ? "yellow" : undefined),
      },
      { title: "for", text: ({ since }) => span(now - since), align: "right" },
      { title: "remedy", text: ({ rung }) => rung ?? "–" },
      { title: "tried", text: ({ attempts }) => String(attempts), align: "right" },
      { title: "next", text: ({ nextAt }) => (nextAt === undefined ? "–" : fromNow(nextAt, now)) },
      { title: "why", text: ({ cause }) => cause.what, gives: true },
    ],
    incidents,
    screen,
  );

const showLines = (incident: Incident, screen: Screen, now: number): readonly string[] => [
  ...factLines(
    [
      ["condition", incident.id],
      ["state", incident.state, incident.paged ? "red" : undefined],
      ["for", `${span(now - incident.since)}, because ${incident.cause.what}`],
      [
        "called",
        incident.paged
          ? "a person is called, and has not answered"
          : incident.acknowledged
            ? "a person has taken it over"
            : undefined,
      ],
      ["next", incident.nextAt === undefined ? undefined : fromNow(incident.nextAt, now)],
    ],
    screen,
  ),
  ...(incident.remedies.length === 0
    ? []
    : [
        "",
        ...tableLines(
          [
            { title: "at (UTC)", text: ({ startedAt }) => clockTime(startedAt, now) },
            { title: "remedy", text: ({ remedy }) => remedy },
            { title: "result", text: ({ result }) => result },
            {
              title: "took",
              text: ({ startedAt, endedAt }) => (endedAt === null ? "–" : span(endedAt - startedAt)),
              align: "right",
            },
            { title: "", text: ({ detail }) => detail, gives: true },
          ],
          incident.remedies,
          screen,
        ),
      ]),
];
