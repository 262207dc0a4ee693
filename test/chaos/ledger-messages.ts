import type { PartialRuntimeConfig } from "../../src/index.ts";
import type { FaultPoint } from "../../src/testing/index.ts";

/** What a service under test is started with. */
export interface LedgerSettings {
  readonly dataDirectory: string;
  readonly graph:
    | { readonly kind: "embedded"; readonly file: string }
    | {
        readonly kind: "neo4j";
        readonly uri: string;
        readonly username: string;
        readonly password: string;
        readonly label: string;
        readonly receiptLabel: string;
      };
  /** Stops for ever at the point, after it has been passed `after` times. */
  readonly holdAt?: { readonly point: FaultPoint | "executing"; readonly after: number };
  /** The backlog is drained in batches of at most this many. */
  readonly batchItems?: number;
  readonly startsCut?: boolean;
  readonly attemptTimeoutMs?: number;
  /** An operation with this number kills the process each time it runs. */
  readonly deadlyNumber?: number;
  readonly config?: PartialRuntimeConfig;
}

export type LedgerCommand =
  | { readonly kind: "submit"; readonly lane: string; readonly number: number; readonly answerWithinMs?: number }
  | { readonly kind: "cut" | "stall" | "restore" | "status" | "stop" }
  | { readonly kind: "swallow"; readonly count: number };

export type LedgerMessage =
  | { readonly kind: "ready"; readonly policy: readonly string[] }
  | { readonly kind: "held"; readonly point: string; readonly operationId: string }
  | { readonly kind: "attempt"; readonly operationId: string; readonly attempt: number; readonly number: number }
  | {
      readonly kind: "outcome";
      readonly number: number;
      readonly lane: string;
      readonly status: string;
      readonly operationId: string;
    }
  | {
      readonly kind: "transition";
      readonly machine: string;
      readonly from: string;
      readonly to: string;
      readonly at: number;
    }
  | {
      readonly kind: "status";
      readonly waiting: number;
      readonly dead: number;
      readonly replayed: number;
      readonly modes: readonly string[];
    };
