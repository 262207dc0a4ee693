import { PRIORITIES, type Priority } from "../machines/contracts/priority.ts";
import { InvalidValueError } from "../src/errors.ts";

/** What a request asks for beside its input, in headers, so that every client and proxy can say it alike. */
export interface RequestPreferences {
  /** `idempotency-key`: the same order again is the same order. */
  readonly idempotencyKey?: string;
  /** `holdfast-priority`, of what is submitted. */
  readonly priority?: Priority;
  /** `holdfast-answer-within-ms`: how long the caller waits for the end of what it submits. */
  readonly answerWithinMs?: number;
}

/** Longest wait of one request: proxies and clients give up on longer ones. Ask again instead. */
export const LONGEST_WAIT_MS = 30_000;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the headers of ours; their names in lower case, as Node has them.
 *
 * @throws InvalidValueError `invalid_header`
 */
export function readPreferences(headers: Headers): RequestPreferences {
  const idempotencyKey = headers["idempotency-key"];
  const priority = headers["holdfast-priority"];
  const answerWithinMs = headers["holdfast-answer-within-ms"];
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey: readKey(idempotencyKey) }),
    ...(priority !== undefined && { priority: readPriority(priority) }),
    ...(answerWithinMs !== undefined && { answerWithinMs: readWait(answerWithinMs) }),
  };
}

function readKey(value: string | readonly string[]): string {
  if (typeof value === "string" && /^[\x21-\x7e]{1,256}$/.test(value)) return value;
  throw invalid("idempotency-key", "has 1 to 256 visible ASCII characters");
}

function readPriority(value: string | readonly string[]): Priority {
  const known = PRIORITIES.find((each) => each === value);
  if (known === undefined) throw invalid("holdfast-priority", `is one of ${PRIORITIES.join(", ")}`);
  return known;
}

function readWait(value: string | readonly string[]): number {
  const milliseconds = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (milliseconds >= 1 && milliseconds <= LONGEST_WAIT_MS) return milliseconds;
  throw invalid("holdfast-answer-within-ms", `is a number of milliseconds from 1 to ${LONGEST_WAIT_MS}`);
}

const invalid = (name: string, what: string): InvalidValueError =>
  new InvalidValueError("invalid_header", `$headers.${name}`, `The header ${name} ${what}.`);
