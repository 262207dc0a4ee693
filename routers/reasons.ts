import type { TRPCError } from "@trpc/server";

/** What a reason is over HTTP, and in a sentence. */
interface ReasonInfo {
  readonly code: TRPCError["code"];
  readonly says: string;
  /** Which procedures may answer it; all of them where it is left out. */
  readonly of?: "mutation" | "subscription";
}

/** What every procedure may answer instead of its answer. */
export const COMMON_REASONS = {
  bad_request: { code: "BAD_REQUEST", says: "The request could not be read." },
  parse_error: { code: "PARSE_ERROR", says: "The request is not JSON." },
  invalid_json: { code: "BAD_REQUEST", says: "The body is not JSON." },
  invalid_encoding: { code: "BAD_REQUEST", says: "The body is not UTF-8." },
  invalid_header: { code: "BAD_REQUEST", says: "A header of ours has a value that it cannot have." },
  invalid_input: { code: "BAD_REQUEST", says: "The input is not valid; `issues` says where." },
  unauthenticated: { code: "UNAUTHORIZED", says: "The request carries no credentials that are valid now." },
  too_many_attempts: {
    code: "TOO_MANY_REQUESTS",
    says: "Too many tokens from this address proved nothing; `Retry-After` says how long to wait.",
  },
  cross_site: { code: "FORBIDDEN", says: "A request by cookie changes something only from a page of this server." },
  forbidden: { code: "FORBIDDEN", says: "The principal lacks the permission." },
  not_found: { code: "NOT_FOUND", says: "There is nothing under this name." },
  method_not_supported: { code: "METHOD_NOT_SUPPORTED", says: "Not with this method." },
  payload_too_large: { code: "PAYLOAD_TOO_LARGE", says: "The body is larger than this server reads." },
  unsupported_media_type: { code: "UNSUPPORTED_MEDIA_TYPE", says: "Bodies are JSON." },
  too_many_requests: { code: "TOO_MANY_REQUESTS", says: "Later, and fewer at a time." },
  internal_error: {
    code: "INTERNAL_SERVER_ERROR",
    says: "A fault of ours; the server's log has it by its request id.",
  },
  starting: { code: "SERVICE_UNAVAILABLE", says: "The journal is being opened." },
  not_running: { code: "SERVICE_UNAVAILABLE", says: "The runtime has stopped, or is stopping." },
  unavailable: { code: "SERVICE_UNAVAILABLE", says: "Not at this moment." },
  storage_failed: { code: "SERVICE_UNAVAILABLE", says: "The store did not do what it was asked." },
  storage_unavailable: { code: "SERVICE_UNAVAILABLE", says: "The store's thread is being started anew." },
  storage_full: { code: "SERVICE_UNAVAILABLE", says: "The disk is nearly full." },
  reader_lost: {
    code: "SERVICE_UNAVAILABLE",
    says: "The thread that reads has ended; the next question starts another.",
  },
  reader_closed: { code: "SERVICE_UNAVAILABLE", says: "Nothing is read any more: the runtime is stopping." },
  writer_lost: { code: "SERVICE_UNAVAILABLE", says: "The thread that writes has ended." },
  journal_closed: { code: "SERVICE_UNAVAILABLE", says: "Nothing is written any more: the runtime is stopping." },
  idempotency_key_reused: {
    code: "UNPROCESSABLE_CONTENT",
    says: "The idempotency key belongs to another input.",
    of: "mutation",
  },
  answer_not_kept: {
    code: "CONFLICT",
    says: "It was done under this idempotency key, and its answer, which held a secret, is not kept.",
    of: "mutation",
  },
  not_recorded: {
    code: "SERVICE_UNAVAILABLE",
    says: "Ordered, and forgotten by a restart: it could not be written.",
    of: "mutation",
  },
  reason_missing: { code: "BAD_REQUEST", says: "An order says why.", of: "mutation" },
  too_many_subscribers: { code: "SERVICE_UNAVAILABLE", says: "Too many are watching.", of: "subscription" },
} as const satisfies Record<string, ReasonInfo>;

/** What a procedure answers only where it declares so. */
export const DECLARED_REASONS = {
  invalid_cursor: { code: "BAD_REQUEST", says: "`after` is not the `next` of a page." },
  unknown_mode: { code: "BAD_REQUEST", says: "There is no such mode." },
  invalid_expiry: { code: "BAD_REQUEST", says: "A pin must end, and not too late." },
  unknown_trigger: { code: "NOT_FOUND", says: "There is no such trigger." },
  invalid_setting: { code: "BAD_REQUEST", says: "A threshold or a dwell is a finite number of at least 0." },
  invalid_threshold: { code: "BAD_REQUEST", says: "A trigger must leave below where it enters." },
  unknown_condition: { code: "NOT_FOUND", says: "There is no incident of this condition." },
  definition_failed: { code: "INTERNAL_SERVER_ERROR", says: "A definition of the service threw where it must not." },
  unknown_dependency: { code: "NOT_FOUND", says: "There is no such dependency." },
  no_backup_directory: { code: "PRECONDITION_FAILED", says: "The operator has configured no folder for backups." },
  file_exists: { code: "CONFLICT", says: "A backup of this name is there already." },
  invalid_fault_value: { code: "BAD_REQUEST", says: "A switch is on or off, a slider within its bounds." },
  invalid_token: { code: "BAD_REQUEST", says: "A token cannot be made like this; `issues` says what is wrong." },
  unknown_permission: { code: "BAD_REQUEST", says: "There is no such permission." },
  token_name_taken: { code: "CONFLICT", says: "Another token has this name." },
  too_many_tokens: { code: "CONFLICT", says: "There are as many tokens as there may be." },
} as const satisfies Record<string, ReasonInfo>;

/** Every procedure may answer with these. */
export type CommonReason = keyof typeof COMMON_REASONS;

/** A procedure answers with these where it declares them. */
export type DeclaredReason = keyof typeof DECLARED_REASONS;

const ALL: Readonly<Record<string, ReasonInfo>> = { ...COMMON_REASONS, ...DECLARED_REASONS };

/** What stands for this reason in HTTP; undefined for one that is not of this surface. */
export const reasonInfo = (reason: string): ReasonInfo | undefined =>
  Object.hasOwn(ALL, reason) ? ALL[reason] : undefined;

/** Stands in for a reason that a procedure has not declared, so that what it declares is all that it answers. */
const GENERAL: Partial<Record<TRPCError["code"], CommonReason>> = {
  BAD_REQUEST: "bad_request",
  PARSE_ERROR: "parse_error",
  UNAUTHORIZED: "unauthenticated",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "not_found",
  METHOD_NOT_SUPPORTED: "method_not_supported",
  PAYLOAD_TOO_LARGE: "payload_too_large",
  UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
  TOO_MANY_REQUESTS: "too_many_requests",
  INTERNAL_SERVER_ERROR: "internal_error",
};

/** The reason as it is where it was declared; else the general one of its status. */
export function declaredReason<Declared extends DeclaredReason>(
  reason: string,
  code: TRPCError["code"],
  declared: readonly Declared[],
): CommonReason | Declared {
  if (isCommon(reason)) return reason;
  return declared.find((each) => each === reason) ?? GENERAL[code] ?? "unavailable";
}

const isCommon = (reason: string): reason is CommonReason => Object.hasOwn(COMMON_REASONS, reason);
