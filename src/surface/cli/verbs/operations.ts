import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { PRIORITIES, type Priority } from "../../../../machines/contracts/priority.ts";
import { callOptions, type HoldfastInputs, type HoldfastOutputs } from "../../client/index.ts";
import { durationMs, oneOf, reason, whole } from "../arguments.ts";
import { type Cli, connect, notFound, refused, serverCommand, type ServerOptions } from "../cli.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { counted } from "../output/figures.ts";
import { clockTime } from "../output/moments.ts";
import type { Paint } from "../output/screen.ts";
import { type Column, factLines, tableLines } from "../output/table.ts";
import { firstRows } from "../pages.ts";

type Operation = HoldfastOutputs["operations"]["list"]["rows"][number];
type State = HoldfastInputs["operations"]["list"]["state"];

const STATES = [
  "ready",
  "scheduled",
  "blocked",
  "running",
  "closing",
  "held",
  "dead",
] as const satisfies readonly State[];

export function addOperations(program: Command, cli: Cli): void {
  const operations = program.command("operations").description("Operations: what waits, and what became of one.");

  serverCommand(operations, "list", "Operations that have not ended, in order of acceptance.")
    .option("--state <state>", STATES.join(", "), oneOf(STATES), "ready")
    .option("--limit <rows>", "at most so many", whole, 50)
    .action(async (options: ServerOptions & { readonly state: State; readonly limit: number }) => {
      const holdfast = connect(cli, options);
      const { rows, more } = await firstRows(options.limit, (page) =>
        holdfast.operations.list.query({ state: options.state, ...page }),
      );
      if (options.json === true) return cli.output.json({ rows, more });
      if (rows.length === 0) return cli.output.say(`No operation is ${options.state}.`);
      cli.output.lines(tableLines(operationColumns(cli.now()), rows, cli.output.screen));
      if (more) cli.output.say("There are more: --limit.");
      return undefined;
    });

  serverCommand(operations, "show <id>", "Where an operation is in its life. `holdfast explain` says why.").action(
    async (operationId: string, options: ServerOptions) => {
      const found = await connect(cli, options).operations.get.query({ operationId });
      if (found === null) notFound(`There is no operation ${operationId}, or it ended long ago.`);
      if (options.json === true) return cli.output.json(found);
      return cli.output.lines(factLines(operationFacts(found, cli.now()), cli.output.screen));
    },
  );

  serverCommand(operations, "cancel <id>", "End an operation that has not begun.")
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .action(async (operationId: string, options: ServerOptions & { readonly reason: string }) => {
      const answer = await connect(cli, options).operations.cancel.mutate({ operationId, reason: options.reason });
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "running" || answer.status === "not_waiting")
        return refused(cli, `${operationId} ${CANCEL_SAYS[answer.status]}`);
      if (options.json !== true) cli.output.lines([`${operationId} ${CANCEL_SAYS[answer.status]}`]);
      return undefined;
    });

  serverCommand(operations, "submit <name>", "Hand an operation over, and say what became of it.")
    .option("--input <json>", "its input; `-` reads it from standard input")
    .option("--priority <priority>", PRIORITIES.join(", "), oneOf(PRIORITIES))
    .option("--key <key>", "idempotency key: twice under one key is once")
    .option("--within <duration>", "how long to wait for its end", durationMs)
    .action(async (name: string, options: SubmitOptions) => {
      const { priority, key: idempotencyKey, within: answerWithinMs } = options;
      const outcome = await connect(cli, options).operations.submit.mutate(
        { name, ...(options.input !== undefined && { input: readInput(options.input) }) },
        callOptions({
          signal: cli.signal,
          ...(priority !== undefined && { priority }),
          ...(idempotencyKey !== undefined && { idempotencyKey }),
          ...(answerWithinMs !== undefined && { answerWithinMs }),
        }),
      );
      if (options.json === true) cli.output.json(outcome);
      else cli.output.lines(factLines(outcomeFacts(outcome), cli.output.screen));
      if (outcome.status === "refused") cli.end(EXIT.refused);
      if (outcome.status === "failed") cli.end(EXIT.failed);
    });
}

interface SubmitOptions extends ServerOptions {
  readonly input?: string;
  readonly priority?: Priority;
  readonly key?: string;
  readonly within?: number;
}

const CANCEL_SAYS = {
  cancelled: "is cancelled; it had no effect, and will have none",
  closing: "may have had an effect: a fence is written, then it is cancelled or completed",
  running: "runs at the moment: too late to cancel",
  not_waiting: "does not wait: it has ended, or there is none of this id",
} as const;

function readInput(given: string): unknown {
  const text = given === "-" ? readFileSync(0, "utf8") : given;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandError("bad_use", "--input is not JSON.", EXIT.badUse, { cause });
  }
}

/** Columns that a list of operations has in common with one of dead letters. */
export const operationColumns = (now: number): readonly Column<Operation>[] => [
  { title: "operation", text: ({ operationId }) => operationId },
  { title: "name", text: ({ name, version }) => `${name} v${version}`, gives: true },
  { title: "state", text: ({ state }) => state, paint: ({ state }) => PAINT_OF_STATE[state] },
  { title: "priority", text: ({ priority }) => priority ?? "–" },
  { title: "accepted", text: ({ acceptedAt }) => (acceptedAt === undefined ? "–" : clockTime(acceptedAt, now)) },
  { title: "attempts", text: ({ attempts }) => String(attempts ?? 0), align: "right" },
  {
    title: "last error",
    text: ({ error }) => (error === undefined ? "" : `${error.code}: ${error.message}`),
    gives: true,
  },
];

const PAINT_OF_STATE: Readonly<Record<string, Paint>> = {
  running: "cyan",
  completed: "green",
  dead: "red",
  parked: "red",
  failed: "red",
  held: "yellow",
  closing: "yellow",
};

function operationFacts(operation: Operation, now: number): Parameters<typeof factLines>[0] {
  const { acceptedAt, dueAt, endedAt, expiresAt, error } = operation;
  const time = (at: number | undefined) => (at === undefined ? undefined : `${clockTime(at, now)} UTC`);
  return [
    ["operation", operation.operationId],
    ["name", `${operation.name} v${operation.version}`],
    ["state", operation.state, PAINT_OF_STATE[operation.state]],
    ["priority", operation.priority],
    ["submitted by", operation.principal],
    ["accepted", time(acceptedAt)],
    ["due", time(dueAt)],
    ["expires", endedAt === undefined ? time(expiresAt) : undefined],
    ["ended", time(endedAt)],
    ["attempts", operation.attempts === undefined ? undefined : String(operation.attempts)],
    [
      "interruptions",
      operation.interruptions === undefined || operation.interruptions === 0
        ? undefined
        : counted(operation.interruptions, "time"),
    ],
    ["last error", error === undefined ? undefined : `${error.code}: ${error.message}`, "red"],
  ];
}

type Outcome = HoldfastOutputs["operations"]["submit"];

function outcomeFacts(outcome: Outcome): Parameters<typeof factLines>[0] {
  switch (outcome.status) {
    case "completed":
      return [
        ["completed", `${outcome.operationId}${outcome.source === "fallback" ? ", by its fallback" : ""}`, "green"],
        ["value", outcome.valueOmitted ? "too large to be kept" : JSON.stringify(outcome.value)],
      ];
    case "queued":
      return [
        ["queued", outcome.operationId, "yellow"],
        ["because", `${outcome.because}${outcome.cause === undefined ? "" : `: ${outcome.cause.what}`}`],
      ];
    case "refused":
      return [
        ["refused", `${outcome.reason}: ${outcome.message}`, "red"],
        ["again", outcome.retryable ? `in ${outcome.retryAfterSeconds} s` : "does not help"],
      ];
    case "failed":
      return [
        ["failed", `${outcome.operationId}: ${outcome.error.code}: ${outcome.error.message}`, "red"],
        ["effect", outcome.effect],
      ];
  }
}
