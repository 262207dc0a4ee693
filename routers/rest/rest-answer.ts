import { HoldfastError } from "../../src/errors.ts";
import { ASKED_BY_OPERATION } from "../permissions.ts";
import { outcomeSchema, type WireOutcome } from "../schemas/outcome.ts";
import type { RestRoute } from "./rest-route.ts";

/** What an answer is in HTTP; its body is the answer itself. */
export interface RestAnswer {
  readonly status: number;
  readonly location?: string;
  readonly retryAfterSeconds?: number;
}

const DONE: RestAnswer = { status: 200 };

/** When to ask again where nobody knows better. */
export const RETRY_AFTER_SECONDS = 1;

/**
 * The words by which an answer says that nothing was done and that what was asked for is not so: the state of things is
 * another than the caller thought. Where it is so already (`already`, `not_live`, `not_disputed`), all is well. As
 * text, since every area adds its own.
 */
const STATUS_OF_WORD: Readonly<Record<string, RestAnswer>> = {
  unavailable: { status: 503, retryAfterSeconds: RETRY_AFTER_SECONDS },
  conflict: { status: 409 },
  running: { status: 409 },
  not_dead: { status: 409 },
  not_open: { status: 409 },
  not_paged: { status: 409 },
  not_waiting: { status: 409 },
};

/**
 * The HTTP status of what a procedure has answered: REST clients look at it first, and it must not say "done" where
 * nothing was.
 *
 * @throws HoldfastError `not_found`: what was asked for by its name is not there
 */
export function restAnswer({ method, meta, output, type }: RestRoute, data: unknown): RestAnswer {
  if (meta.permission === ASKED_BY_OPERATION && output === outcomeSchema) return answerOfOutcome(data as WireOutcome);
  if (data === null && method === "GET") throw new HoldfastError("not_found", "There is nothing under this name.");
  const word = statusWord(data);
  if (type === "query") return word === "unknown" ? { status: 404 } : DONE;
  if (word !== undefined && Object.hasOwn(STATUS_OF_WORD, word)) return STATUS_OF_WORD[word] ?? DONE;
  return meta.creates === true ? { status: 201 } : DONE;
}

/** Every status that a route may answer with a value, and when, for the document. */
export function statusesOf({ type, meta }: RestRoute, words: readonly string[]): ReadonlyMap<number, string> {
  const done = new Map([[meta.creates === true ? 201 : 200, meta.creates === true ? "Created." : "Done."]]);
  if (type === "query")
    return new Map([[200, "As it is now."], ...(words.includes("unknown") ? [[404, "`unknown`"] as const] : [])]);
  for (const word of words) {
    const { status } = (Object.hasOwn(STATUS_OF_WORD, word) ? STATUS_OF_WORD[word] : undefined) ?? DONE;
    if (status !== DONE.status) done.set(status, `${done.has(status) ? `${done.get(status)} ` : ""}\`${word}\``);
  }
  return done;
}

/** The same for an outcome. */
export const STATUSES_OF_OUTCOME: ReadonlyMap<number, string> = new Map([
  [200, "`completed`: the effect is in the dependency, once."],
  [202, "`queued`: it is on disk, and executed later; `Location` says where to ask."],
  [400, "`refused`: `invalid_input`"],
  [403, "`refused`: `forbidden`"],
  [404, "`refused`: `unknown_operation`"],
  [413, "`refused`: `input_too_large`"],
  [422, "`refused`: `idempotency_key_reused`"],
  [500, "`failed`: by a fault of the operation itself"],
  [502, "`failed`: by a dependency"],
  [503, "`refused`: not at this moment"],
]);

function statusWord(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("status" in data)) return undefined;
  return typeof data.status === "string" ? data.status : undefined;
}

type Reason = Extract<WireOutcome, { status: "refused" }>["reason"];

const STATUS_OF_REFUSAL: Readonly<Record<Reason, number>> = {
  invalid_input: 400,
  input_too_large: 413,
  unknown_operation: 404,
  forbidden: 403,
  idempotency_key_reused: 422,
  unavailable: 503,
  shed: 503,
  overloaded: 503,
  queue_full: 503,
  storage_full: 503,
  storage_lost: 503,
  storage_unavailable: 503,
  stopping: 503,
};

function answerOfOutcome(outcome: WireOutcome): RestAnswer {
  switch (outcome.status) {
    case "completed":
      return DONE;
    case "queued":
      return { status: 202, location: `/api/v4/operations/${encodeURIComponent(outcome.operationId)}` };
    case "refused":
      return {
        status: STATUS_OF_REFUSAL[outcome.reason],
        ...(outcome.retryAfterSeconds > 0 && { retryAfterSeconds: outcome.retryAfterSeconds }),
      };
    case "failed":
      return { status: outcome.dependency === undefined ? 500 : 502 };
  }
}
