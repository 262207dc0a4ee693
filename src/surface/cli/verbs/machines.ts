import type { Command } from "commander";
import type { HoldfastOutputs } from "../../client/index.ts";
import { moment, whole } from "../arguments.ts";
import { type Cli, connect, serverCommand, type ServerOptions } from "../cli.ts";
import { clockTime, fromNow, span } from "../output/moments.ts";
import { plainText } from "../output/plain-text.ts";
import { painted, type Screen } from "../output/screen.ts";
import { factLines, tableLines } from "../output/table.ts";
import { followChanges } from "../follow-changes.ts";

type Actor = HoldfastOutputs["machines"]["actors"][number];
type ActorWithEvents = HoldfastOutputs["machines"]["actor"];
type Definition = HoldfastOutputs["machines"]["definitions"][number];

interface TransitionOptions extends ServerOptions {
  readonly machine?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly watch?: boolean;
}

export function addMachines(program: Command, cli: Cli): void {
  const machines = program.command("machines").description("The state machines, live and in the past.");

  serverCommand(machines, "list", "Everybody who lives, or has fallen, and in which state.").action(
    async (options: ServerOptions) => {
      const actors = await connect(cli, options).machines.actors.query();
      if (options.json === true) return cli.output.json(actors);
      return cli.output.lines(actorLines(actors, cli.output.screen, cli.now()));
    },
  );

  serverCommand(
    machines,
    "show <id>",
    "One of them: its states, the active ones lit, and what may happen next.",
  ).action(async (id: string, options: ServerOptions) => {
    const holdfast = connect(cli, options);
    const actor = await holdfast.machines.actor.query({ id });
    if (options.json === true) return cli.output.json(actor);
    const definitions = await holdfast.machines.definitions.query();
    const definition = definitions.find((each) => each.id === actor.machine);
    return cli.output.lines(showLines(actor, definition, cli.output.screen, cli.now()));
  });

  serverCommand(machines, "transitions", "What happened, newest first; as it happens with --watch.")
    .option("--machine <id>", "of one only: breaker:graph")
    .option("--from <moment>", "not before: 2026-11-28T14:00Z, or how long ago: 2h", moment)
    .option("--to <moment>", "not after", moment)
    .option("--limit <rows>", "at most so many", whole, 50)
    .option("-w, --watch", "as they happen, until Ctrl-C")
    .action(async (options: TransitionOptions) => {
      const { machine, from, to, limit, watch, json } = options;
      const holdfast = connect(cli, options);
      if (watch === true) return followChanges(cli, holdfast, json === true, machine);
      const rows = [];
      for (let after: string | undefined, left = limit; left > 0; ) {
        const page = await holdfast.machines.transitions.query({
          limit: Math.min(left, 1_000),
          ...(machine !== undefined && { machine }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(after !== undefined && { after }),
        });
        rows.push(...page.rows);
        left -= page.rows.length;
        after = page.next;
        if (after === undefined || page.rows.length === 0) break;
      }
      if (json === true) return cli.output.json({ rows });
      if (rows.length === 0) return cli.output.say("Nothing is stored of that.");
      return cli.output.lines(
        tableLines(
          [
            { title: "at (UTC)", text: ({ at }) => clockTime(at, cli.now()) },
            { title: "machine", text: (row) => row.machine },
            { title: "from → to", text: (row) => `${row.from} → ${row.to}` },
            { title: "why", text: ({ cause }) => cause.what, gives: true },
            { title: "explain", text: ({ eventId }) => eventId },
          ],
          rows,
          cli.output.screen,
        ),
      );
    });
}

const actorLines = (actors: readonly Actor[], screen: Screen, now: number): readonly string[] =>
  tableLines(
    [
      { title: "actor", text: ({ id }) => id },
      {
        title: "state",
        text: ({ state, fallen }) => (fallen ? "fallen" : innermost(state)),
        paint: ({ fallen }) => (fallen ? "red" : "cyan"),
      },
      { title: "for", text: ({ since }) => span(now - since), align: "right" },
      { title: "until", text: ({ deadline }) => (deadline === undefined ? "" : fromNow(deadline, now)) },
      { title: "restarts", text: ({ restarts }) => (restarts === 0 ? "" : String(restarts)), align: "right" },
      { title: "why", text: ({ cause }) => cause.what, gives: true },
    ],
    actors,
    screen,
  );

/** The paths of active states that hold no other active one. */
const innermost = (active: readonly string[]): string =>
  active.filter((state) => !active.some((other) => other.startsWith(`${state}.`))).join(", ");

/** A statechart in text: a state a line, indented below its parent, `●` where it is. */
function showLines(
  actor: ActorWithEvents,
  definition: Definition | undefined,
  screen: Screen,
  now: number,
): readonly string[] {
  const lit = new Set(actor.state);
  const states = (definition?.states ?? []).map(({ id, description, final }) => {
    const depth = id.split(".").length - 1;
    const name = `${"  ".repeat(depth)}${lit.has(id) ? "●" : "○"} ${id.split(".").at(-1) ?? id}${final ? " (end)" : ""}`;
    return { name, isLit: lit.has(id), description: description ?? "" };
  });
  return [
    painted(screen, "bold", plainText(`${actor.id}  ${definition?.title ?? actor.machine}`)),
    ...factLines(
      [
        ["for", `${span(now - actor.since)}, because ${actor.cause.what}`],
        ["until", actor.deadline === undefined ? undefined : fromNow(actor.deadline, now)],
        ["fallen", actor.fallen ? `yes; ${actor.restarts} restarts` : undefined, "red"],
        ...Object.entries(actor.facts).map(([name, value]) => [name, factText(value, now)] as const),
      ],
      screen,
    ),
    "",
    ...tableLines(
      [
        { title: "state", text: ({ name }) => name, paint: ({ isLit }) => (isLit ? ("cyan" as const) : undefined) },
        { title: "", text: ({ description }) => description, gives: true },
      ],
      states,
      screen,
    ),
    "",
    ...tableLines(
      [
        { title: "next", text: ({ event, kind }) => (kind === "event" ? event : `${kind} ${event}`.trim()) },
        {
          title: "possible",
          text: ({ possible }) => (possible ? "yes" : "no"),
          paint: ({ possible }) => (possible ? ("green" as const) : ("dim" as const)),
        },
        { title: "leads to", text: ({ edges }) => edges.map(edgeText).join("; "), gives: true },
      ],
      actor.events,
      screen,
    ),
  ];
}

/** Moments are told as such: no other number of an actor is that large. */
const factText = (value: string | number | boolean, now: number): string =>
  typeof value === "number" && value > 1e12 ? clockTime(value, now) : String(value);

function edgeText({ target, guard, holds }: ActorWithEvents["events"][number]["edges"][number]): string {
  const to = target ?? "the same state";
  if (guard === undefined) return to;
  return `${to} if ${guard} (${holds === true ? "holds" : holds === false ? "does not hold" : holds})`;
}
