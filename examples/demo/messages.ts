import type { Cause } from "holdfast";

/** What the director, the service and the load tell each other. Times are wall times of one machine, in milliseconds. */

/** How the service reaches its graph. */
export type GraphSettings =
  | { readonly kind: "embedded"; readonly file: string }
  | {
      readonly kind: "neo4j";
      readonly uri: string;
      readonly username: string;
      readonly password: string;
      readonly database?: string;
      readonly receiptLabel: string;
    };

export type Fault = "cut" | "restore" | "swallow";

export type ServiceCommand =
  | { readonly type: "start"; readonly dataDirectory: string; readonly graph: GraphSettings }
  /** Of the embedded graph, whose port is wrapped within the service; Neo4j has its proxy outside. */
  | { readonly type: "fault"; readonly fault: Fault; readonly count: number }
  | { readonly type: "stop" };

/** One transition of a mode, with what led to it. */
export interface ModeTransition {
  readonly at: number;
  readonly mode: string;
  readonly from: string;
  readonly to: string;
  readonly cause: Cause;
}

export interface ServiceStatus {
  readonly at: number;
  /** `normal`, or `local_queue (draining)`; the most severe first. */
  readonly modes: string;
  /** Accepted and not ended, what is being executed left out. */
  readonly backlog: number;
  readonly deepestBacklog: number;
  /** Rows in any state, and runs in flight: 0 when everything has come to its end. */
  readonly unfinished: number;
  readonly completed: number;
  readonly replayed: number;
  /** Told as failed, or waiting for a person as a dead letter. */
  readonly failed: number;
  /** Ended after having been answered `queued`. */
  readonly drained: number;
  /** Answers of commits that the wrapper has swallowed; 0 where there is no wrapper. */
  readonly swallowed: number;
  /** True when new work may run: the breaker is closed. */
  readonly admits: boolean;
  readonly drain: string;
}

export type ServiceReport =
  | { readonly type: "ready"; readonly port: number }
  | { readonly type: "status"; readonly status: ServiceStatus }
  /** The first snapshot that queues, each time that the one before it did not. */
  | { readonly type: "queues"; readonly at: number }
  | { readonly type: "mode"; readonly transition: ModeTransition }
  /** The backlog of an outage has been served, and that has been verified. */
  | { readonly type: "drain_verified"; readonly at: number }
  | { readonly type: "page"; readonly subject: string; readonly cause: Cause }
  | { readonly type: "fault_applied"; readonly fault: Fault; readonly at: number }
  | { readonly type: "failed"; readonly message: string };

export type LoadCommand =
  | {
      readonly type: "start";
      readonly port: number;
      readonly file: string;
      readonly workload: WorkloadSettings;
      /** Undefined: to be measured. */
      readonly ratePerSecond: number | undefined;
    }
  | { readonly type: "stop" };

export interface WorkloadSettings {
  readonly operations: number;
  readonly lanes: number;
  readonly documents: string;
  readonly seed: number;
  /** Begins every id that this run makes. */
  readonly runId: string;
}

export interface LoadStatus {
  readonly offered: number;
  readonly completed: number;
  readonly queued: number;
  readonly failed: number;
  /** Answers that refused; what may be tried again is. */
  readonly refused: number;
  /** Submitted again under the same key, because no answer had arrived. */
  readonly resubmitted: number;
  readonly finished: boolean;
}

export type LoadReport =
  | { readonly type: "status"; readonly status: LoadStatus }
  | { readonly type: "failed"; readonly message: string };
