import { readFileSync } from "node:fs";

/*
 * Part of the proof, like every file named verify-*: imports nothing of Holdfast and nothing of the campaign's other
 * parts, so that no mistake of theirs can hide behind itself.
 */

/** One line of the campaign's own file. */
export interface Acknowledgement {
  readonly number: number;
  readonly list: string;
  readonly status: "completed" | "queued";
}

const LINE = /^(\d+) ((?:lane|free)-\d+) (completed|queued)$/;

export function readAcknowledgements(file: string): readonly Acknowledgement[] {
  const lines = readFileSync(file, "utf8").split("\n");
  if (lines.pop() !== "") throw new Error(`${file} ends in the middle of a line.`);
  return lines.map((line, index) => {
    const [, number, list, status] = LINE.exec(line) ?? [];
    if (number === undefined || list === undefined || (status !== "completed" && status !== "queued"))
      throw new Error(`${file}:${index + 1} is no acknowledgement: ${line.slice(0, 100)}`);
    return { number: Number(number), list, status };
  });
}
