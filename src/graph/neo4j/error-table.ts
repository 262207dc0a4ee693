import type { DependencyFailureKind, Effect } from "../../errors.ts";

/** What an error code of the server or the driver means. */
export interface ErrorRow {
  /** The whole code. */
  readonly pattern: RegExp;
  /** Ours: stable, and the same as the embedded graph's where both can fail alike. */
  readonly code: string;
  readonly kind: DependencyFailureKind;
  /**
   * What is known when this is the answer to a COMMIT. Before a commit was sent nothing can have taken effect,
   * whatever the error; `unknown` costs a fence or a replay, a wrong `none` would cost a doubled effect.
   */
  readonly atCommit: Effect;
  /** The connections themselves are suspect. */
  readonly reconnect?: true;
  /** What happened and what to do. The server's own text is left out: it quotes values. */
  readonly message: string;
}

/** The first row that fits holds. Codes as measured against 5.26 (research/neo4j.md §4) and named by Neo4j's manual. */
export const ERROR_TABLE: readonly ErrorRow[] = [
  // Who we are.
  {
    pattern: /^Neo\.ClientError\.Security\.Unauthorized$/,
    code: "unauthorized",
    kind: "misconfigured",
    atCommit: "none",
    message:
      "Neo4j refused the user name or the password: correct them. Nothing is retried, so that the user is not locked out.",
  },
  {
    pattern: /^Neo\.ClientError\.Security\.AuthenticationRateLimit$/,
    code: "authentication_rate_limit",
    kind: "misconfigured",
    atCommit: "none",
    message:
      "Neo4j has locked the user out after wrong passwords: correct the password, then wait for dbms.security.auth_lock_time.",
  },
  {
    pattern: /^Neo\.ClientError\.Security\.(CredentialsExpired|TokenExpired)$/,
    code: "credentials_expired",
    kind: "misconfigured",
    atCommit: "none",
    message: "The credentials for Neo4j have expired: renew them.",
  },
  {
    pattern: /^Neo\.ClientError\.Security\.AuthorizationExpired$/,
    code: "authorization_expired",
    kind: "unavailable",
    atCommit: "unknown",
    reconnect: true,
    message: "Neo4j wants the connection to sign in again.",
  },
  {
    pattern: /^Neo\.ClientError\.Security\./,
    code: "forbidden",
    kind: "misconfigured",
    atCommit: "none",
    message: "Neo4j denies this user a privilege that the statement needs: grant it.",
  },
  // Where we are.
  {
    pattern: /^Neo\.ClientError\.Database\./,
    code: "database_not_found",
    kind: "misconfigured",
    atCommit: "none",
    message: "Neo4j has no such database: correct the option `database`, or create it.",
  },
  {
    pattern: /^Neo\.ClientError\.(Cluster\.NotALeader|General\.ForbiddenOnReadOnlyDatabase|Cluster\..*)$/,
    code: "not_the_leader",
    kind: "unavailable",
    atCommit: "unknown",
    reconnect: true,
    message: "This Neo4j server cannot write now: with a cluster, use a neo4j:// address, which follows the leader.",
  },
  {
    pattern: /^Neo\.TransientError\.(General|Database)\.DatabaseUnavailable$/,
    code: "shutting_down",
    kind: "unavailable",
    atCommit: "unknown",
    message: "The Neo4j database is shutting down or not available yet.",
  },
  // What the call says.
  {
    pattern: /^Neo\.ClientError\.Schema\.ConstraintValidationFailed$/,
    code: "constraint_violated",
    kind: "rejected",
    atCommit: "none",
    message: "A constraint of the graph forbids this write.",
  },
  {
    pattern: /^Neo\.ClientError\.Statement\.SyntaxError$/,
    code: "syntax_error",
    kind: "rejected",
    atCommit: "none",
    message: "Neo4j cannot read the statement; its error is this one's cause.",
  },
  {
    pattern: /^Neo\.ClientError\.Statement\.(TypeError|ArgumentError)$/,
    code: "type_error",
    kind: "rejected",
    atCommit: "none",
    message: "A value has a type that Neo4j cannot store or use there.",
  },
  {
    pattern: /^Neo\.ClientError\.Statement\.ParameterMissing$/,
    code: "parameter_missing",
    kind: "rejected",
    atCommit: "none",
    message: "The statement names a parameter that was not given.",
  },
  {
    pattern: /^Neo\.ClientError\.Statement\.EntityNotFound$/,
    code: "entity_deleted",
    kind: "contention",
    atCommit: "none",
    message: "Another transaction has deleted what this one was working on.",
  },
  // How busy it is.
  {
    pattern: /^Neo\.TransientError\.Transaction\.DeadlockDetected$/,
    code: "deadlock",
    kind: "contention",
    atCommit: "none",
    message: "Neo4j ended this transaction to dissolve a deadlock.",
  },
  {
    pattern:
      /^Neo\.TransientError\.General\.(MemoryPoolOutOfMemoryError|TransactionMemoryLimit|OutOfMemoryError|StackOverFlowError)$/,
    code: "out_of_transaction_memory",
    kind: "overloaded",
    atCommit: "none",
    message: "Neo4j is out of memory for this transaction: write less at once, or raise db.memory.transaction.max.",
  },
  {
    pattern: /^Neo\.TransientError\.Request\./,
    code: "overloaded",
    kind: "overloaded",
    atCommit: "unknown",
    message: "Neo4j has no free thread for this request.",
  },
  {
    pattern:
      /^Neo\.(ClientError|TransientError)\.Transaction\.(TransactionTimedOut.*|LockClientStopped|LockAcquisitionTimeout|Terminated)$/,
    code: "transaction_timed_out",
    kind: "unavailable",
    atCommit: "none",
    message: "Neo4j ended the transaction, which had run for its whole time.",
  },
  {
    pattern: /^Neo\.TransientError\./,
    code: "transient",
    kind: "unavailable",
    atCommit: "unknown",
    message: "Neo4j could not do this now.",
  },
  // A connection in a state that we did not put it into: a poisoned one, another protocol.
  {
    pattern: /^(Neo\.ClientError\.Request\..*|ProtocolError)$/,
    code: "protocol_error",
    kind: "unavailable",
    atCommit: "unknown",
    reconnect: true,
    message: "The conversation with Neo4j broke down.",
  },
  {
    pattern: /^Neo\.(ClientError|DatabaseError)\.(Statement|Schema|Procedure|Fabric)\./,
    code: "statement_failed",
    kind: "rejected",
    atCommit: "none",
    message: "Neo4j refused the statement; its error is this one's cause.",
  },
  {
    pattern: /^Neo\.ClientError\./,
    code: "rejected",
    kind: "rejected",
    atCommit: "none",
    message: "Neo4j refused this call; its error is this one's cause.",
  },
  {
    pattern: /^Neo\./,
    code: "database_error",
    kind: "unavailable",
    atCommit: "unknown",
    message: "Neo4j failed inside.",
  },
  // The driver's own.
  {
    pattern: /^ServiceUnavailable$/,
    code: "connection_lost",
    kind: "unavailable",
    atCommit: "unknown",
    message: "Neo4j cannot be reached, or the connection to it broke.",
  },
  {
    pattern: /^SessionExpired$/,
    code: "session_expired",
    kind: "unavailable",
    atCommit: "unknown",
    reconnect: true,
    message: "The Neo4j server behind this session no longer serves it.",
  },
];

/** Codes that say nothing (`N/A` of a time-out in the driver, none at all): our own state tells what is known. */
export const WITHOUT_CODE: Omit<ErrorRow, "pattern"> = {
  code: "no_connection",
  kind: "unavailable",
  atCommit: "unknown",
  reconnect: true,
  message: "The Neo4j driver could not use a connection.",
};
