import { describe, expect, test } from "vitest";
import type { DependencyFailureKind, Effect } from "../../src/errors.ts";
import { DependencyError } from "../../src/errors.ts";
import { classifyError, isDriverError } from "../../src/graph/neo4j/classify-error.ts";

const coded = (code: string): Error =>
  Object.assign(new Error("with 4111111111111111 in it"), { name: "Neo4jError", code });

describe("the table of Neo4j's errors", () => {
  test.each<[foreign: string, code: string, kind: DependencyFailureKind, atCommit: Effect, reconnect?: boolean]>([
    ["Neo.ClientError.Security.Unauthorized", "unauthorized", "misconfigured", "none"],
    ["Neo.ClientError.Security.AuthenticationRateLimit", "authentication_rate_limit", "misconfigured", "none"],
    ["Neo.ClientError.Security.CredentialsExpired", "credentials_expired", "misconfigured", "none"],
    ["Neo.ClientError.Security.TokenExpired", "credentials_expired", "misconfigured", "none"],
    ["Neo.ClientError.Security.AuthorizationExpired", "authorization_expired", "unavailable", "unknown", true],
    ["Neo.ClientError.Security.Forbidden", "forbidden", "misconfigured", "none"],
    ["Neo.ClientError.Database.DatabaseNotFound", "database_not_found", "misconfigured", "none"],
    ["Neo.ClientError.Cluster.NotALeader", "not_the_leader", "unavailable", "unknown", true],
    ["Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "not_the_leader", "unavailable", "unknown", true],
    ["Neo.TransientError.General.DatabaseUnavailable", "shutting_down", "unavailable", "unknown"],
    ["Neo.TransientError.Database.DatabaseUnavailable", "shutting_down", "unavailable", "unknown"],
    ["Neo.ClientError.Schema.ConstraintValidationFailed", "constraint_violated", "rejected", "none"],
    ["Neo.ClientError.Statement.SyntaxError", "syntax_error", "rejected", "none"],
    ["Neo.ClientError.Statement.TypeError", "type_error", "rejected", "none"],
    ["Neo.ClientError.Statement.EntityNotFound", "entity_deleted", "contention", "none"],
    ["Neo.ClientError.Statement.ArithmeticError", "statement_failed", "rejected", "none"],
    ["Neo.DatabaseError.Statement.ExecutionFailed", "statement_failed", "rejected", "none"],
    ["Neo.TransientError.Transaction.DeadlockDetected", "deadlock", "contention", "none"],
    ["Neo.TransientError.General.MemoryPoolOutOfMemoryError", "out_of_transaction_memory", "overloaded", "none"],
    ["Neo.TransientError.Request.NoThreadsAvailable", "overloaded", "overloaded", "unknown"],
    [
      "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
      "transaction_timed_out",
      "unavailable",
      "none",
    ],
    ["Neo.ClientError.Transaction.LockClientStopped", "transaction_timed_out", "unavailable", "none"],
    ["Neo.TransientError.Transaction.LockClientStopped", "transaction_timed_out", "unavailable", "none"],
    ["Neo.TransientError.Cluster.ReplicationFailure", "transient", "unavailable", "unknown"],
    ["Neo.ClientError.Request.Invalid", "protocol_error", "unavailable", "unknown", true],
    ["Neo.ClientError.Transaction.InvalidBookmark", "rejected", "rejected", "none"],
    ["Neo.DatabaseError.General.UnknownError", "database_error", "unavailable", "unknown"],
    ["Neo.DatabaseError.Transaction.TransactionCommitFailed", "database_error", "unavailable", "unknown"],
    ["ServiceUnavailable", "connection_lost", "unavailable", "unknown"],
    ["SessionExpired", "session_expired", "unavailable", "unknown", true],
    ["ProtocolError", "protocol_error", "unavailable", "unknown", true],
    ["N/A", "no_connection", "unavailable", "unknown", true],
    ["", "no_connection", "unavailable", "unknown", true],
  ])("%s is %s, %s, and at the commit of effect %s", (foreign, code, kind, atCommit, reconnect = false) => {
    const failure = classifyError("graph", coded(foreign), "committing");
    expect(failure).toMatchObject({ dependency: "graph", code, kind, effect: atCommit, reconnect });
    expect(failure.message).not.toContain("4111111111111111");
    // What never sent its commit has no effect, whatever went wrong.
    expect(classifyError("graph", coded(foreign), "before_commit").effect).toBe("none");
  });

  test("only what may pass is retryable", () => {
    const retryable = (code: string): boolean => classifyError("graph", coded(code), "before_commit").retryable;
    expect(
      [
        "ServiceUnavailable",
        "Neo.TransientError.Transaction.DeadlockDetected",
        "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
      ].map(retryable),
    ).toEqual([true, true, true]);
    expect(["Neo.ClientError.Security.Unauthorized", "Neo.ClientError.Statement.SyntaxError"].map(retryable)).toEqual([
      false,
      false,
    ]);
  });

  test("what is classified already stays as it is", () => {
    const known = new DependencyError("fenced", "x", { dependency: "graph", kind: "rejected", effect: "none" });
    expect(classifyError("graph", known, "committing")).toBe(known);
  });

  test("a driver's error is known by its name, whichever copy of the driver made it", () => {
    expect(isDriverError(coded("N/A"))).toBe(true);
    expect(isDriverError(new TypeError("N/A"))).toBe(false);
  });
});
