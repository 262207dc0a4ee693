import type { Alert } from "../alerts/alert.ts";
import type { TokenRecord } from "../security/access/access-token.ts";
import type {
  ClaimRequest,
  ClosingRow,
  ClosingTarget,
  ControlAction,
  MachineRecord,
  PersonsRequest,
  RunnableDefinition,
  TransitionRow,
} from "../queue/journal.ts";
import type { StorageSettings } from "../../config/types.ts";
import type { Value } from "./connection.ts";
import type { StorageFailure } from "./storage-failure.ts";

/*
 * What the main thread and the writer thread say to each other. What is frequent travels in flat arrays: structured
 * cloning of one object per row would cost more than writing the row.
 */

/** How the writer is started. */
export interface WriterOptions {
  readonly path: string;
  readonly pools: readonly string[];
  readonly definitions: readonly RunnableDefinition[];
  readonly storage: StorageSettings;
  readonly now: number;
  readonly interruptionsBeforeAlone: number;
  readonly maximumInterruptions: number;
  readonly audit: AuditForm;
  readonly maximumDatabaseBytes: number | null;
  /** Null in a process that starts; else the thread takes over from one of this process that has ended. */
  readonly resumption: Resumption | null;
}

/** A run under way, as the main thread knows it. */
export interface RunHeld {
  readonly token: number;
  /** Null when it was begun with its acceptance. */
  readonly claimedAt: number | null;
  readonly sequences: readonly number[];
}

/** What a thread must be told by the main thread when it takes over. Everything else is on disk. */
export interface Resumption {
  readonly epoch: number;
  /** The highest token that the main thread has heard of: none is given out twice. */
  readonly lastToken: number;
  readonly runs: readonly RunHeld[];
  /** The batch that nobody has been answered to: its number, and the numbers of its acceptances. */
  readonly unanswered: { readonly batch: number; readonly acceptances: readonly number[] } | null;
}

export type AuditForm = "plain" | "none";

/** Places of the columns within one acceptance: the order of `operationColumns`. */
export const ACCEPT = {
  sequence: 0,
  state: 1,
  pool: 2,
  priority: 3,
  definition: 4,
  lane: 5,
  acceptedAt: 6,
  expiresAt: 7,
  keyUntil: 8,
  operationId: 9,
  principal: 10,
  input: 11,
  because: 12,
  width: 13,
} as const;

/** Places within one key of an acceptance: the columns of `idempotency_key`. */
export const KEY = { hash: 0, sequence: 1, inputHash: 2, until: 3, width: 4 } as const;

/** Places within one end. */
export const END = {
  sequence: 0,
  token: 1,
  outcome: 2,
  endedAt: 3,
  replayed: 4,
  valueOmitted: 5,
  result: 6,
  error: 7,
  width: 8,
} as const;

export type RowRequest =
  | {
      readonly kind: "reschedule";
      readonly sequence: number;
      readonly token: number;
      readonly dueAt: number;
      readonly error: string;
    }
  | {
      readonly kind: "giveBack";
      readonly sequence: number;
      readonly token: number;
      readonly interrupted: boolean;
      readonly error: string | null;
    }
  | {
      readonly kind: "close";
      readonly sequence: number;
      readonly token: number;
      readonly becomes: ClosingTarget;
      readonly error: string;
    }
  | {
      readonly kind: "bury";
      readonly sequence: number;
      readonly token: number;
      readonly error: string;
      readonly skip: boolean;
    }
  | {
      readonly kind: "closed";
      readonly sequence: number;
      readonly found: "fenced" | "applied";
      readonly result: string | null;
      readonly skip: boolean;
    };

export type AdministrativeRequest =
  | (PersonsRequest & { readonly kind: "cancel" | "discardDead" })
  | { readonly kind: "setDefinitions"; readonly definitions: readonly RunnableDefinition[] }
  /** A token and what was asked for, in one commit. */
  | {
      readonly kind: "saveToken";
      readonly token: TokenRecord;
      readonly forget: readonly number[];
      readonly action: ControlAction;
    }
  /** A commit that changes nothing: answered when the disk has it. */
  | { readonly kind: "touch" }
  | { readonly kind: "purgeEnded"; readonly sequences: readonly number[] }
  | { readonly kind: "closings"; readonly afterSequence: number; readonly limit: number };

export type RetryRequest = PersonsRequest & { readonly expiresAt: number; readonly nextSequence: number };

/** One commit. Its parts are applied in the order in which they stand here. */
export interface Batch {
  /** Counted from 1 in each process. A batch that is sent again keeps it. */
  readonly number: number;
  readonly now: number;
  readonly ends: readonly Value[];
  /** Sorted by kind: reschedules, give-backs, closings and their answers, burials. */
  readonly rows: readonly RowRequest[];
  /** Tokens of finished runs. */
  readonly finished: readonly number[];
  readonly administration: readonly AdministrativeRequest[];
  /** Take one step of the walk that looks for what has expired. */
  readonly walk: boolean;
  /** Retries of dead letters are applied between the acceptances, by number. */
  readonly retries: readonly RetryRequest[];
  /** Written into by the writer: states and carried priorities. */
  readonly acceptances: Value[];
  readonly keys: readonly Value[];
  readonly claims: readonly ClaimRequest[];
  readonly transitions: readonly TransitionRow[];
  readonly records: readonly MachineRecord[];
  /** In the order of their ids: the one that resolves a key comes before the next of that key. */
  readonly alerts: readonly Alert[];
  readonly actions: readonly ControlAction[];
}

/** Answers to acceptances: a token (above 0) means running. */
export const ACCEPTED_READY = 0;
export const ACCEPTED_BLOCKED = -1;
export const ACCEPTED_DUPLICATE = -2;

/** Places within one claimed row. */
export const CLAIMED = {
  sequence: 0,
  operationId: 1,
  definition: 2,
  priority: 3,
  principal: 4,
  acceptedAt: 5,
  expiresAt: 6,
  attempts: 7,
  interruptions: 8,
  incarnation: 9,
  keyed: 10,
  input: 11,
  width: 12,
} as const;

export interface ClaimReply {
  /** Token, lane and number of rows of each run … */
  readonly runs: (number | null)[];
  /** … and all their rows, one after the other. */
  readonly rows: Value[];
  readonly waiting: number[];
  readonly expired: number[];
  readonly closing: ClosingRow[];
}

export interface Reply {
  /** One number for each acceptance. */
  readonly accepted: number[];
  /** Index, sequence, and 1 for the same input, of each duplicate. */
  readonly duplicates: number[];
  /** Acceptances that did not fit, while the rest of the batch did. */
  readonly acceptancesFailed?: StorageFailure;
  /** Indexes of ends and of row requests whose row the token does not own. */
  readonly endsNotOwned: number[];
  readonly rowsNotOwned: number[];
  readonly administration: unknown[];
  readonly retries: unknown[];
  readonly claims: ClaimReply[];
  /** What the walk and cancellations have found or made. */
  readonly expired: number[];
  readonly closing: ClosingRow[];
  readonly counts: CountsReply;
  /** When something is due next. */
  readonly nextDue: number | null;
}

export interface CountsReply {
  /** Pool, its seven counts in the order of `operationState`. */
  readonly pools: number[];
  readonly bytes: number;
}

export type WriterReply = { readonly done: Reply } | { readonly failed: StorageFailure };

export type WriterRequest = { readonly batch: Batch } | { readonly close: { readonly now: number } };

/** The writer's first message. */
export type WriterOpened =
  | {
      readonly opened: {
        readonly journalId: string;
        readonly epoch: number;
        readonly highWater: number;
        readonly pools: readonly number[];
        readonly definitions: readonly number[];
        readonly knownDefinitions: readonly { readonly id: number; readonly name: string; readonly version: number }[];
        readonly interrupted: number;
        readonly cleanShutdown: boolean;
        readonly lastWrittenAt: number;
        readonly records: readonly MachineRecord[];
        readonly alerts: readonly Alert[];
        readonly lastAlert: number;
        readonly tokens: readonly TokenRecord[];
      };
      readonly durability: Durability;
      readonly counts: CountsReply;
      readonly nextDue: number | null;
      /** To a thread that takes over: the answer to the unanswered batch, null when it was not committed. */
      readonly answered: Reply | null;
    }
  | { readonly failed: StorageFailure };

/** What SQLite answered when it was asked how it keeps its promises. */
export interface Durability {
  readonly journalMode: string;
  /** 2 is FULL: every COMMIT waits for the disk. */
  readonly synchronous: number;
  readonly fullFsync: number;
}
