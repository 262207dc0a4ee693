import { DependencyError, type Effect } from "../../errors.ts";
import { ERROR_TABLE, WITHOUT_CODE } from "./error-table.ts";

/** `committing`: the COMMIT had been sent, or may have been. */
export type Phase = "before_commit" | "committing";

/** The code of a driver's error; empty for anything without one. */
export function codeOf(error: unknown): string {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** What a failure of the driver or the server means. Decided by its code and by the phase, never by its text. */
export function classifyError(dependency: string, error: unknown, phase: Phase): DependencyError {
  if (error instanceof DependencyError) return error;
  const code = codeOf(error);
  const row = ERROR_TABLE.find(({ pattern }) => pattern.test(code)) ?? WITHOUT_CODE;
  const effect: Effect = phase === "committing" ? row.atCommit : "none";
  const named = code === "" || code === "N/A" ? row.message : `${row.message} (${code})`;
  return new DependencyError(row.code, named, {
    dependency,
    kind: row.kind,
    effect,
    cause: error,
    ...(row.reconnect === true && { reconnect: true }),
  });
}

/** True for errors of any copy of the driver. */
export const isDriverError = (error: unknown): boolean => error instanceof Error && error.name === "Neo4jError";
