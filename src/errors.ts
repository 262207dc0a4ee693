/**
 * The one tree of errors. Each carries a stable `code`, whether trying again may help, and its cause;
 * its message says what happened and what to do next, and never contains payloads or credentials.
 *
 * `instanceof` works across duplicate installs of the package: it looks for a registered symbol, not for identity.
 */
const brands = new Map(
  ["HoldfastError", "MisuseError", "StorageError", "InvalidValueError", "DependencyError", "HandlerError"].map(
    (name) => [name, Symbol.for(`holdfast.error.${name}`)],
  ),
);

/** False where the process has frozen its globals. */
const MAY_LIMIT_STACKS = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable === true;

export interface HoldfastErrorOptions {
  readonly cause?: unknown;
  readonly retryable?: boolean;
}

export class HoldfastError extends Error {
  /** Stable, machine-readable: `data_directory_in_use`, `dependency_unavailable`, … */
  readonly code: string;
  /** True when the same call may succeed later without being changed. */
  readonly retryable: boolean;

  constructor(code: string, message: string, options: HoldfastErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    const brand = brands.get(this.name);
    // A subclass of somebody else's has no brand.
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** The API was used in a way that can never work: an unknown definition, a duplicate name, a stopped runtime. */
export class MisuseError extends HoldfastError {}

/** The store cannot be used: in use, newer than the code, corrupt, full. */
export class StorageError extends HoldfastError {}

/** A value was turned away before anything was stored or sent. `path` says where in the value. */
export class InvalidValueError extends HoldfastError {
  readonly path: string;

  constructor(code: string, path: string, message: string, options: HoldfastErrorOptions = {}) {
    super(code, message, options);
    this.path = path;
  }
}

/** What is known of an attempt's effect on a dependency after it failed. */
export type Effect = "none" | "unknown";

/**
 * What a dependency's failure means for those who decide:
 * - `unavailable`: it could not be reached or did not answer; counts against the breaker, retried.
 * - `overloaded`: it answered that it cannot now (out of memory, too many); counts against the breaker, retried.
 * - `contention`: it answered that this call lost against another (a deadlock); retried, does not count.
 * - `misconfigured`: it will not work until a person changes something (password, privilege); never retried.
 * - `rejected`: this call's content is wrong (constraint, syntax, type); final, does not count.
 */
export type DependencyFailureKind = "unavailable" | "overloaded" | "contention" | "misconfigured" | "rejected";

/** Trying again may help. */
export const isRetryable = (kind: DependencyFailureKind): boolean => kind !== "rejected" && kind !== "misconfigured";

/** What is known of a call that failed, where nothing but the answer tells: who rejects it has not carried it out. */
export const effectOf = (kind: DependencyFailureKind): Effect => (kind === "rejected" ? "none" : "unknown");

export interface DependencyErrorOptions extends HoldfastErrorOptions {
  readonly dependency: string;
  readonly kind: DependencyFailureKind;
  readonly effect: Effect;
  /** True when the connections themselves are suspect and a new driver may help (routing, session errors). */
  readonly reconnect?: boolean;
}

/** A call to a dependency failed. Classified by code and by our own state, never by a message's words. */
export class DependencyError extends HoldfastError {
  readonly dependency: string;
  readonly kind: DependencyFailureKind;
  readonly effect: Effect;
  readonly reconnect: boolean;

  constructor(code: string, message: string, options: DependencyErrorOptions) {
    const { stackTraceLimit } = Error;
    // A wrapper's own stack shows nothing but us, and taking it costs more than the rest of a failing call.
    if (options.cause !== undefined && MAY_LIMIT_STACKS) Error.stackTraceLimit = 0;
    super(code, message, {
      cause: options.cause,
      retryable: options.retryable ?? isRetryable(options.kind),
    });
    if (MAY_LIMIT_STACKS) Error.stackTraceLimit = stackTraceLimit;
    this.dependency = options.dependency;
    this.kind = options.kind;
    this.effect = options.effect;
    this.reconnect = options.reconnect ?? false;
  }
}

/** An operation's own handler failed, hung, or returned something that is not JSON. */
export class HandlerError extends HoldfastError {}

for (const type of [HoldfastError, MisuseError, StorageError, InvalidValueError, DependencyError, HandlerError])
  Object.defineProperty(type.prototype, brands.get(type.name)!, { value: true });

/** An error as it is stored and told: without stack, without the text of foreign errors' causes. */
export interface ErrorSummary {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export const summarizeError = (error: unknown): ErrorSummary =>
  error instanceof HoldfastError
    ? { code: error.code, message: error.message, retryable: error.retryable }
    : {
        code: "handler_failed",
        message:
          error instanceof Error
            ? `${error.name}: ${error.message}`.slice(0, 500)
            : "the handler threw a value that is not an Error",
        retryable: false,
      };
