import type { Command } from "commander";
import { type HoldfastOutputs, holdfastErrorOf } from "../../client/index.ts";
import { durationMs } from "../arguments.ts";
import { type Cli, connect, serverCommand, type ServerOptions } from "../cli.ts";
import { told } from "../exit-codes.ts";
import { bytes, count, counted } from "../output/figures.ts";
import { clockTime, fromNow, span } from "../output/moments.ts";
import type { Paint, Screen } from "../output/screen.ts";
import { factLines, tableLines } from "../output/table.ts";
import { watchJson, watchLines } from "../watch.ts";

type Status = HoldfastOutputs["degradation"]["status"];
type QueueStatus = HoldfastOutputs["queue"]["status"];

/** A queue that will be full in months is not on its way there. */
const WORTH_SAYING_MS = 7 * 86_400_000;

interface StatusOptions extends ServerOptions {
  readonly watch?: boolean;
  readonly every: number;
}

export function addStatus(program: Command, cli: Cli): void {
  serverCommand(program, "status", "How the service is, and why.")
    .option("-w, --watch", "again and again, until Ctrl-C")
    .option("--every <duration>", "how often, with --watch", durationMs, 1_000)
    .action(async (options: StatusOptions) => {
      const holdfast = connect(cli, options);
      const { output } = cli;
      const ask = () => holdfast.degradation.status.query();
      const lines = async () => {
        // Who may read the status only is shown that much.
        const [status, queue, alerts] = await Promise.all([
          ask(),
          ifAllowed(holdfast.queue.status.query()),
          ifAllowed(holdfast.alerts.list.query({ status: "open", limit: 100 })),
        ]);
        return [...statusLines(status, queue, output.screen, cli.now()), ...alertLines(alerts, output.screen)];
      };
      if (options.json === true) {
        if (options.watch === true) await watchJson(cli, options.every, ask);
        else output.json(await ask());
      } else if (options.watch === true) await watchLines(cli, options.every, lines, (error) => told(error).message);
      else output.lines(await lines());
    });
}

/** Anything but a missing permission is a failure of the command: an alert that could not be read is not none. */
const ifAllowed = <Answer>(asked: Promise<Answer>): Promise<Answer | undefined> =>
  asked.catch((error: unknown) => {
    if (holdfastErrorOf(error)?.reason === "forbidden") return undefined;
    throw error;
  });

function alertLines(open: HoldfastOutputs["alerts"]["list"] | undefined, screen: Screen): readonly string[] {
  if (open === undefined) return factLines([["alerts    ", "not shown: this token may not read them"]], screen);
  if (open.rows.length === 0) return [];
  const many = open.next === undefined ? counted(open.rows.length, "open alert") : "100 open alerts or more";
  const worst = open.rows.find(({ severity }) => severity === "critical") ?? open.rows[0];
  return factLines([["alerts    ", `${many}; ${worst?.severity ?? ""}: ${worst?.what ?? ""}`, "yellow"]], screen);
}

/** The answer of an operator's first question, in the order in which they ask on. */
export function statusLines(
  status: Status,
  queue: QueueStatus | undefined,
  screen: Screen,
  now: number,
): readonly string[] {
  return [
    ...modeLines(status, screen, now),
    ...dependencyLines(status, screen, now),
    ...factLines(
      [
        ["queue     ", queueText(status, queue)],
        ...status.drains.filter(({ state }) => state !== "filling" && state !== "empty").map(drainFact),
        ...status.incidents.filter(({ state }) => state !== "quiet").map((incident) => incidentFact(incident, now)),
        ["phase", status.phase === "running" ? undefined : status.phase, "red"],
        ["monitoring", status.isMonitoring ? undefined : "stopped: no trigger is raised or cleared", "yellow"],
        [
          "recovery",
          status.autoRecovery?.enabled === false ? "off: no remedy is tried, persons are called" : undefined,
          "yellow",
        ],
      ],
      screen,
    ),
  ];
}

function modeLines({ modes, pin, yielded }: Status, screen: Screen, now: number): readonly string[] {
  const isNormal = modes.every(({ mode }) => mode === "normal");
  const text = modes.map((mode) => modeText(mode, now)).join(", ") || "normal";
  const pins =
    pin === undefined
      ? "none"
      : `${pin.mode} by ${pin.owner} until ${clockTime(pin.until, now)} (${fromNow(pin.until, now)}): ${pin.reason}`;
  const paint: Paint = isNormal ? "green" : "yellow";
  const first = `${text.padEnd(40)}   pins   ${pins}`;
  const yielding =
    yielded === undefined || yielded.length === 0 ? undefined : yielded.map((mode) => modeText(mode, now)).join(", ");
  return pin === undefined && (screen.columns >= first.length + 13 || !screen.isTerminal)
    ? factLines([["modes     ", first, paint]], screen)
    : factLines(
        [
          ["modes     ", text, paint],
          ["pin", pins],
          ["else", yielding],
        ],
        screen,
      );
}

const modeText = ({ mode, dependency, step, since }: Status["modes"][number], now: number): string =>
  mode === "normal" ? "normal" : `${mode} (${[dependency, step, span(now - since)].filter(Boolean).join(" ")})`;

const PAINT_OF_STATE: Readonly<Record<string, Paint>> = {
  closed: "green",
  open: "red",
  forced_open: "red",
  misconfigured: "red",
  ownerless: "red",
  probing: "yellow",
  disabled: "yellow",
};

export function dependencyLines(
  { dependencies }: Pick<Status, "dependencies">,
  screen: Screen,
  now: number,
): readonly string[] {
  return dependencies.length === 0
    ? []
    : tableLines(
        [
          { title: "dependency", text: ({ name }) => name, gives: true },
          { title: "state", text: ({ state }) => state, paint: ({ state }) => PAINT_OF_STATE[state] },
          { title: "since", text: ({ since }) => (since === undefined ? "–" : clockTime(since, now)) },
          {
            title: "failures",
            text: ({ windowCalls, windowFailures }) =>
              windowCalls === 0 ? "–" : `${count(windowFailures)} of ${count(windowCalls)}`,
          },
          {
            title: "next probe",
            text: ({ nextProbeAt }) =>
              nextProbeAt === undefined ? "–" : nextProbeAt <= now ? "now" : fromNow(nextProbeAt, now),
          },
          { title: "in use", text: ({ inUse, limit }) => `${count(inUse)} of ${count(limit)}` },
          { title: "why", text: ({ state, reason }) => (state === "closed" ? "" : reason), gives: true },
        ],
        dependencies,
        screen,
      );
}

function queueText({ queue, measurements }: Status, detailed: QueueStatus | undefined): string {
  const waiting = queue.ready + queue.scheduled + queue.blocked;
  const oldest = detailed?.oldestWaitingMs ?? measurements?.queue?.oldestWaitingMs;
  const most = detailed === undefined ? "" : ` of ${bytes(detailed.limits.maximumBytes)}`;
  const full = detailed?.full;
  return [
    `${count(waiting)} waiting`,
    waiting === 0 || oldest === undefined || oldest === null ? undefined : `oldest ${span(oldest)}`,
    waiting === 0 ? undefined : `${bytes(queue.waitingBytes)}${most}`,
    full === undefined || full === null || full.inMs > WORTH_SAYING_MS
      ? undefined
      : `full in about ${span(full.inMs)} at this rate`,
    `${count(queue.running)} running`,
    queue.held === 0 ? undefined : `${count(queue.held)} held`,
    queue.dead === 0 ? undefined : counted(queue.dead, "dead letter"),
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}

const drainFact = ({ dependency, state, open }: Status["drains"][number]) =>
  [
    "drain",
    `${dependency} ${state}${open === undefined ? "" : `, ${count(open)} open`}`,
    state === "disputed" ? "red" : "cyan",
  ] as const;

const incidentFact = (
  { condition, dependency, state, since, attempts, rung, cause }: Status["incidents"][number],
  now: number,
) =>
  [
    "incident",
    `${[condition, dependency].filter(Boolean).join(":")} ${state}${rung === undefined ? "" : ` (${rung})`} for ${span(now - since)}, ${counted(attempts, "remedy", "remedies")} without help: ${cause.what}`,
    "yellow",
  ] as const;
