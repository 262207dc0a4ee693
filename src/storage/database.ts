import type { Generated, GeneratedAlways } from "kysely";
import type { AlertSeverity, AlertStatus } from "../alerts/alert.ts";
import type { Priority } from "../../machines/contracts/priority.ts";
import type { ClosingTarget, EndOutcome } from "../queue/journal.ts";
import type { TokenKind } from "../security/access/access-token.ts";
import type { OperationState } from "./operation-state.ts";

/**
 * The tables of the journal's database, for Kysely. Embedders read them through `openReader`; only the writer thread
 * writes. Times are wall time in whole milliseconds since 1970. What is `null` in most rows costs one byte there.
 */
export interface Database {
  readonly operation: OperationTable;
  readonly ended: EndedTable;
  readonly idempotency_key: IdempotencyKeyTable;
  readonly moved: MovedTable;
  readonly audit: AuditTable;
  readonly transition: TransitionTable;
  readonly machine_record: MachineRecordTable;
  readonly pool: PoolTable;
  readonly definition: DefinitionTable;
  readonly meta: MetaTable;
  readonly alert: AlertTable;
  readonly token: TokenTable;
}

/** What was accepted and has not ended. */
export interface OperationTable {
  /** Its place: the order of acceptance, never used twice. */
  sequence: number;
  state: OperationState;
  /** `pool.id` */
  pool: number;
  /** 0 is the most urgent. What its lane carries, so it can be more urgent than what was asked for. */
  priority: number;
  /** `definition.id` */
  definition: number;
  /** 47-bit hash of the ordering key; null without one, and for a dead letter that its lane has passed. */
  lane: number | null;
  /** Counted attempts. */
  attempts: Generated<number>;
  /** Times it was running when the process died or handed it back unfinished. */
  interruptions: Generated<number>;
  /** How often a person has retried it; part of its receipt. */
  incarnation: Generated<number>;
  accepted_at: number;
  /** End of its life in the queue. */
  expires_at: number;
  /** When `scheduled`: not before. */
  due: Generated<number | null>;
  /** When `closing`: what it becomes once its fence is written. */
  closing_target: Generated<ClosingTarget | null>;
  /** When `dead` and passed by its lane: the lane it comes from. */
  skipped_lane: Generated<number | null>;
  /** When `dead`: since when. */
  dead_since: Generated<number | null>;
  /** With an idempotency key: until when the key is remembered. */
  key_until: number | null;
  /** Null means `op_<sequence>`. */
  operation_id: string | null;
  principal: string;
  /** JSON of an `ErrorSummary`: of the last failure. */
  error: Generated<string | null>;
  /** JSON text. Behind what is often read, so that reading that never follows it into overflow pages. */
  input: string;
  /** Why it was not begun with its acceptance: `policy:graph`, `policy`, `limit`, `lane`, `held`. Null when it was. */
  because: string | null;
}

/** One end of every operation, kept for those who ask for the result, then purged. */
export interface EndedTable {
  sequence: number;
  /** Null means `op_<sequence>`. */
  operation_id: string | null;
  definition: number;
  pool: number;
  principal: string;
  outcome: EndOutcome;
  accepted_at: number;
  ended_at: number;
  attempts: number;
  incarnation: number;
  /** 1 when the effect had been there already (a replay). */
  replayed: number;
  /** 1 when there was a value that was too large to keep. */
  value_omitted: number;
  /** With an idempotency key: until then its receipt, and this row, are needed. */
  keep_until: number | null;
  /** JSON text of the value. */
  result: string | null;
  /** JSON of an `ErrorSummary`. */
  error: string | null;
  /** What its lane carried at the last. Null, like those that follow, for ends of earlier builds. */
  priority: number | null;
  lane: number | null;
  /** When it was last claimed from the queue; null when it was begun with its acceptance, or never. */
  claimed_at: number | null;
  /** As in `operation`. */
  because: string | null;
}

/** Which operation an idempotency key stands for. Lives as long as its operation and the operation's end. */
export interface IdempotencyKeyTable {
  hash: string;
  sequence: number;
  input_hash: string;
  /** Until then the same key means the same operation. */
  until: number;
}

/** A skipped dead letter that was retried has a new number. */
export interface MovedTable {
  first_sequence: number;
  sequence: number;
}

/** One row per acceptance, step, end, transition and action of a person, written in the same commit. */
export interface AuditTable {
  id: Generated<number>;
  at: number;
  kind: string;
  sequence: number | null;
  principal: string;
  /** JSON text. */
  detail: string | null;
}

/** Every transition of every supervised machine. */
export interface TransitionTable {
  id: Generated<number>;
  at: number;
  machine: string;
  from_state: string;
  to_state: string;
  event: string;
  /** JSON text. */
  cause: string;
  /** The machine's name without its dependency, for modes and the pin; null for all others. */
  mode: GeneratedAlways<string | null>;
  /** The edge that was taken; null where none was, and for rows of earlier builds. */
  edge: string | null;
  /** Which process told it, and as its how many-th: its place in the feed. Null for rows of earlier builds. */
  epoch: number | null;
  number: number | null;
}

/** What a person should know of, or should have known. */
export interface AlertTable {
  id: number;
  key: string;
  severity: AlertSeverity;
  subject: string;
  what: string;
  status: AlertStatus;
  opened_at: number;
  last_seen_at: number;
  occurrences: number;
  /** JSON of an `AlertAction`. */
  acknowledged: string | null;
  /** JSON of an `AlertAction`. */
  resolved: string | null;
  /** JSON text. */
  cause: string;
}

/** Credentials of remote callers. */
export interface TokenTable {
  id: number;
  /** SHA-256 of the secret, in hexadecimal digits. */
  hash: string;
  kind: TokenKind;
  name: string;
  /** JSON of a `Principal`'s permissions. */
  permissions: string;
  highest_priority: Priority | null;
  /** Of a session: the token that it was signed in with. */
  parent: number | null;
  created_at: number;
  created_by: string;
  reason: string;
  expires_at: number | null;
  /** JSON of a `TokenEnd`. */
  revoked: string | null;
}

/** What a machine needs to go on after a restart. */
export interface MachineRecordTable {
  id: string;
  version: number;
  at: number;
  /** JSON text. */
  state: string;
  /** JSON text. */
  context: string;
}

/** The sets of dependencies that operations need, and how many rows of each are in which state. */
export interface PoolTable {
  id: Generated<number>;
  /** Sorted names of the dependencies, joined. */
  name: string;
  ready: Generated<number>;
  scheduled: Generated<number>;
  blocked: Generated<number>;
  running: Generated<number>;
  closing: Generated<number>;
  held: Generated<number>;
  dead: Generated<number>;
  /** Bytes of input of all its rows. */
  bytes: Generated<number>;
}

/** Every name and version of an operation that was ever known or accepted. */
export interface DefinitionTable {
  id: Generated<number>;
  name: string;
  version: number;
}

/** One row. The version of the schema is SQLite's `user_version`. */
export interface MetaTable {
  id: number;
  journal_id: string;
  /** Counts the processes that have opened the journal. */
  epoch: number;
  /** The last number given out. */
  high_water: number;
  clean_shutdown: number;
  last_written_at: number;
  /** Number, within the epoch, of the last batch that was committed. */
  batch: Generated<number>;
  /** What was answered to it, without inputs: for a writer thread that takes over from one that has ended. */
  answer: Generated<string | null>;
}
