import type { DependencyFailureKind, Effect } from "../../errors.ts";
import { RejectedWrite } from "./apply-write.ts";
import { UnusableFile } from "./graph-file.ts";
import type { WorkerFailure } from "./messages.ts";

/** By the beginning of SQLite's code; the first row that fits. */
const BY_SQLITE_CODE: readonly (readonly [
  prefix: string,
  code: string,
  kind: DependencyFailureKind,
  message: string,
])[] = [
  ["SQLITE_FULL", "disk_full", "overloaded", "the disk of the graph's file is full: free some space."],
  ["SQLITE_NOMEM", "out_of_memory", "overloaded", "SQLite is out of memory."],
  ["SQLITE_BUSY", "graph_locked", "unavailable", "another process holds the graph's file locked."],
  ["SQLITE_LOCKED", "graph_locked", "unavailable", "the graph's file is locked."],
  [
    "SQLITE_CORRUPT",
    "graph_file_corrupt",
    "misconfigured",
    "the graph's file is damaged: restore it from a backup. It was not written to.",
  ],
  [
    "SQLITE_NOTADB",
    "graph_file_corrupt",
    "misconfigured",
    "the graph's file is not an SQLite database. It was not written to.",
  ],
  [
    "SQLITE_READONLY",
    "graph_file_not_writable",
    "misconfigured",
    "the graph's file cannot be written: check its permissions.",
  ],
  [
    "SQLITE_CANTOPEN",
    "graph_file_not_writable",
    "misconfigured",
    "the graph's file cannot be opened: check its path and permissions.",
  ],
  [
    "SQLITE_PERM",
    "graph_file_not_writable",
    "misconfigured",
    "the graph's file cannot be opened: check its permissions.",
  ],
  ["SQLITE_IOERR", "graph_file_failed", "unavailable", "the disk of the graph's file answered with an error."],
];

/** What went wrong in the worker, in a form that a message can carry. */
export function describeFailure(error: unknown, effect: Effect): WorkerFailure {
  if (error instanceof RejectedWrite) return { code: error.code, message: error.message, kind: "rejected", effect };
  if (error instanceof UnusableFile)
    return {
      code: "graph_file_unusable",
      message: `The graph cannot be opened: ${error.message}.`,
      kind: "misconfigured",
      effect,
    };
  const found = codeOf(error);
  for (const [prefix, code, kind, message] of BY_SQLITE_CODE)
    if (found.startsWith(prefix)) return { code, message: `The graph failed (${found}): ${message}`, kind, effect };
  if (["EACCES", "EROFS", "ENOTDIR", "EEXIST", "EPERM"].includes(found))
    return {
      code: "graph_file_not_writable",
      message: `The folder of the graph's file cannot be made (${found}).`,
      kind: "misconfigured",
      effect,
    };
  return { code: "graph_failed", message: `The graph failed (${found}).`, kind: "unavailable", effect };
}

function codeOf(error: unknown): string {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : typeof error;
}
