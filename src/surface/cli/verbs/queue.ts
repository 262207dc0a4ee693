import type { Command } from "commander";
import type { HoldfastInputs, HoldfastOutputs } from "../../client/index.ts";
import { oneOf, whole } from "../arguments.ts";
import { type Cli, connect, serverCommand, type ServerOptions } from "../cli.ts";
import { bytes, count } from "../output/figures.ts";
import { clockTime, span } from "../output/moments.ts";
import { factLines, tableLines } from "../output/table.ts";
import { operationColumns } from "./operations.ts";

type QueueStatus = HoldfastOutputs["queue"]["status"];
type LaneState = HoldfastInputs["queue"]["lanes"]["state"];

const LANE_STATES = [
  "ready",
  "scheduled",
  "running",
  "closing",
  "held",
  "parked",
] as const satisfies readonly LaneState[];

export function addQueue(program: Command, cli: Cli): void {
  const queue = program.command("queue").description("What was accepted and has not ended.");

  serverCommand(queue, "status", "How much waits, where, since when, and when it is full at this rate.").action(
    async (options: ServerOptions) => {
      const status = await connect(cli, options).queue.status.query();
      if (options.json === true) return cli.output.json(status);
      return cli.output.lines([
        ...factLines(queueFacts(status), cli.output.screen),
        "",
        ...tableLines(
          [
            { title: "needs", text: ({ dependencies }) => dependencies.join(", ") || "nothing", gives: true },
            { title: "ready", text: ({ counts }) => count(counts.ready), align: "right" },
            { title: "scheduled", text: ({ counts }) => count(counts.scheduled), align: "right" },
            { title: "blocked", text: ({ counts }) => count(counts.blocked), align: "right" },
            { title: "running", text: ({ counts }) => count(counts.running), align: "right" },
            { title: "held", text: ({ counts }) => count(counts.held), align: "right" },
            { title: "dead", text: ({ counts }) => count(counts.dead), align: "right" },
            { title: "size", text: (pool) => bytes(pool.bytes), align: "right" },
          ],
          status.pools,
          cli.output.screen,
        ),
      ]);
    },
  );

  serverCommand(queue, "lanes", "Lanes by the state of what stands at their heads.")
    .option("--state <state>", LANE_STATES.join(", "), oneOf(LANE_STATES), "parked")
    .option("--limit <rows>", "at most so many", whole, 50)
    .action(async (options: ServerOptions & { readonly state: LaneState; readonly limit: number }) => {
      const { state, limit } = options;
      const holdfast = connect(cli, options);
      const rows = [];
      let after: HoldfastInputs["queue"]["lanes"]["after"];
      do {
        const page = await holdfast.queue.lanes.query({
          state,
          limit: Math.min(200, limit - rows.length),
          ...(after !== undefined && { after }),
        });
        rows.push(...page.rows);
        after = page.next;
      } while (after !== undefined && rows.length < limit);
      if (options.json === true) return cli.output.json({ rows, more: after !== undefined });
      if (rows.length === 0) return cli.output.say(`No lane is ${state}.`);
      cli.output.lines(
        tableLines(
          [
            { title: "lane", text: ({ lane }) => `#${lane.toString(36)}` },
            { title: "head", text: ({ head }) => head.operationId },
            { title: "name", text: ({ head }) => `${head.name} v${head.version}`, gives: true },
            {
              title: "since",
              text: ({ head }) => (head.acceptedAt === undefined ? "–" : clockTime(head.acceptedAt, cli.now())),
            },
            {
              title: "behind it",
              text: ({ behind, countedTo }) => `${count(behind)}${behind >= countedTo ? " or more" : ""}`,
              align: "right",
            },
            { title: "last error", text: ({ head }) => head.error?.code ?? "", gives: true },
          ],
          rows,
          cli.output.screen,
        ),
      );
      if (after !== undefined) cli.output.say("There are more: --limit.");
      return undefined;
    });

  serverCommand(queue, "lane <key>", "What waits in one lane, in order: by its ordering key, or as #… of a list.")
    .option("--limit <rows>", "at most so many", whole, 50)
    .action(async (key: string, options: ServerOptions & { readonly limit: number }) => {
      const found = await connect(cli, options).queue.lane.query({
        ...(/^#[0-9a-z]{1,11}$/.test(key) ? { lane: Number.parseInt(key.slice(1), 36) } : { key }),
        limit: Math.min(1_000, options.limit),
      });
      if (options.json === true) return cli.output.json(found);
      if (found.rows.length === 0) return cli.output.say("Nothing waits in it.");
      return cli.output.lines(tableLines(operationColumns(cli.now()), found.rows, cli.output.screen));
    });
}

function queueFacts({
  counts,
  waitingRows,
  waitingBytes,
  freeDiskBytes,
  limits,
  oldestWaitingMs,
  rates,
  full,
}: QueueStatus) {
  const perSecond = (value: number): string => `${value < 10 ? value.toFixed(1) : count(Math.round(value))}/s`;
  return [
    [
      "waiting",
      `${count(waitingRows)} of ${count(limits.maximumRows)}${oldestWaitingMs === null ? "" : `, oldest ${span(oldestWaitingMs)}`}`,
    ],
    ["running", count(counts.running)],
    ["size", `${bytes(waitingBytes)} of ${bytes(limits.maximumBytes)}`],
    ["disk", `${bytes(freeDiskBytes)} free; nothing is accepted below ${bytes(limits.minimumFreeDiskBytes)}`],
    [
      "rate",
      rates === null
        ? undefined
        : `${perSecond(rates.acceptedPerSecond)} accepted, ${perSecond(rates.endedPerSecond)} ended, over the last ${span(rates.overMs)}`,
    ],
    ["full", full === null ? undefined : `in about ${span(full.inMs)} at this rate (${full.what})`, "yellow"],
  ] as const;
}
