import type { WorkloadSettings } from "./workload.ts";

/*
 * What the campaign and its service tell each other. Commands go over the IPC channel. Reports are lines on a pipe,
 * written by one synchronous call each: what that call has returned from survives the SIGKILL that follows.
 */

/** The service's end of the pipe for reports of its main thread, and of its other threads. */
export const REPORT_FD = 4;
export const THREAD_REPORT_FD = 5;

/** Holds a thread at this point from its start on: see hold-threads.ts. */
export const HOLD_AT_START = "HOLDFAST_CAMPAIGN_HOLD";
/** The broadcast channel that arms a point in the other threads. */
export const HOLD_CHANNEL = "holdfast-campaign-hold";

/** Points at a transaction of the graph's port, those of `faultyGraph` and one within the handler. */
export const PORT_POINTS = ["beforeBegin", "betweenStatements", "executing", "beforeCommit", "afterCommit"] as const;
/** Points around a group commit of the journal: the batch is complete and not committed; committed and not answered. */
export const JOURNAL_POINTS = ["journal.beforeCommit", "journal.afterCommit"] as const;
/** The same in the embedded graph's own thread. */
export const GRAPH_POINTS = ["graph.beforeCommit", "graph.afterCommit"] as const;

export type ThreadPoint = (typeof JOURNAL_POINTS)[number] | (typeof GRAPH_POINTS)[number];
export type NamedPoint = (typeof PORT_POINTS)[number] | ThreadPoint;

export const isThreadPoint = (point: NamedPoint): point is ThreadPoint =>
  (JOURNAL_POINTS as readonly string[]).includes(point) || (GRAPH_POINTS as readonly string[]).includes(point);

export type GraphSettings =
  | { readonly kind: "embedded"; readonly file: string }
  | { readonly kind: "neo4j"; readonly uri: string; readonly username: string; readonly password: string };

export interface ServiceSettings {
  readonly dataDirectory: string;
  readonly graph: GraphSettings;
  readonly workload: WorkloadSettings;
  /** Numbers that were given out in earlier lives and not acknowledged, in rising order; they come first. */
  readonly resubmit: readonly number[];
  /** The first new number. */
  readonly from: number;
  /** No new number from here on; null: without end. */
  readonly until: number | null;
  /** While more waits than this, work is offered no faster than it is done. */
  readonly longestBacklog: number;
}

export type ServiceCommand =
  | ({ readonly kind: "start" } & ServiceSettings)
  | { readonly kind: "arm"; readonly point: NamedPoint }
  /** From now on, no more than this many submits without an answer. */
  | { readonly kind: "window"; readonly submits: number }
  | { readonly kind: "cut" | "stall" | "restore" | "stop" };

export type Acknowledged = "completed" | "queued";

export type Report =
  | { readonly kind: "ready" }
  /** Numbers below this one may have been submitted from now on. */
  | { readonly kind: "reserved"; readonly below: number }
  | {
      readonly kind: "acknowledged";
      readonly outcomes: readonly { readonly number: number; readonly status: Acknowledged }[];
    }
  | { readonly kind: "held"; readonly point: string }
  | {
      readonly kind: "status";
      /** Rows that have not ended. */
      readonly waiting: number;
      readonly dead: number;
      /** True when the policy lets new work run. */
      readonly runs: boolean;
      /** Nothing is submitted without an answer, and nothing is left to be submitted. */
      readonly finished: boolean;
    }
  /** Something that the campaign's argument does not allow for, or a failure of the service itself. */
  | { readonly kind: "trouble"; readonly message: string };

/** One line, with its line feed. */
export function toLine(report: Report): string {
  switch (report.kind) {
    case "ready":
      return "ready\n";
    case "reserved":
      return `reserved ${report.below}\n`;
    case "acknowledged":
      return `acknowledged ${report.outcomes.map(({ number, status }) => `${number}${status[0]}`).join(" ")}\n`;
    case "held":
      return `held ${report.point}\n`;
    case "status":
      return `status ${report.waiting} ${report.dead} ${Number(report.runs)} ${Number(report.finished)}\n`;
    case "trouble":
      return `trouble ${report.message.replaceAll("\n", " | ")}\n`;
  }
}

export function fromLine(line: string): Report {
  const [kind = "", ...words] = line.split(" ");
  const [first = "", second = "", third = "", fourth = ""] = words;
  switch (kind) {
    case "ready":
      return { kind };
    case "reserved":
      return { kind, below: Number(first) };
    case "acknowledged":
      return {
        kind,
        outcomes: words.map((word) => ({
          number: Number(word.slice(0, -1)),
          status: word.endsWith("c") ? "completed" : "queued",
        })),
      };
    case "held":
      return { kind, point: first };
    case "status":
      return { kind, waiting: Number(first), dead: Number(second), runs: third === "1", finished: fourth === "1" };
    case "trouble":
      return { kind, message: words.join(" ") };
    default:
      throw new Error(`The service reported ${JSON.stringify(line.slice(0, 100))}, which is no report.`);
  }
}
