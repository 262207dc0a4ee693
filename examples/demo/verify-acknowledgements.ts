import { readFileSync } from "node:fs";

/*
 * Part of the proof, like every file named verify-*: imports nothing of Holdfast and nothing of the demo's other parts,
 * so that no mistake of theirs can hide behind itself.
 */

/** One line of the load's own file: what the service has answered for, and when that answer had arrived. */
export interface Acknowledgement {
  readonly operation: number;
  readonly lane: number;
  readonly status: "completed" | "queued" | "failed";
  /** Wall time, milliseconds since 1970. */
  readonly at: number;
}

const STATUSES: readonly unknown[] = ["completed", "queued", "failed"] satisfies Acknowledgement["status"][];

/** Reads the file, in the order in which it was written: within a lane, that is the order of acceptance. */
export function readAcknowledgements(file: string): readonly Acknowledgement[] {
  const lines = readFileSync(file, "utf8").split("\n");
  // The last line ends with a line feed, or it was not written to its end.
  if (lines.pop() !== "") throw new Error(`${file} ends in the middle of a line.`);
  return lines.map((line, index) => {
    const row: unknown = JSON.parse(line);
    if (!isAcknowledgement(row)) throw new Error(`${file}:${index + 1} is no acknowledgement: ${line.slice(0, 200)}`);
    return row;
  });
}

function isAcknowledgement(row: unknown): row is Acknowledgement {
  if (typeof row !== "object" || row === null) return false;
  const { operation, lane, status, at } = row as Record<string, unknown>;
  return [operation, lane, at].every(Number.isSafeInteger) && STATUSES.includes(status);
}
