import type { FastifyReply, FastifyRequest } from "fastify";
import { HoldfastError } from "../../../errors.ts";
import type { Principal } from "../../../operations/principal.ts";
import type { Runtime } from "../../../runtime.ts";
import type { Verified } from "../../../security/access/token-book.ts";
import { credentialsOf } from "./credentials-of.ts";
import { FailedAttempts } from "./failed-attempts.ts";

/** Who everybody is where nobody has to prove it. */
export const LOCAL_OPERATOR: Principal = { id: "local-operator", permissions: "*" };

/** By whom a request is made, as it has proved. */
export interface Caller {
  readonly principal: Principal;
  /** The token or session; undefined where nobody has to prove anything. */
  readonly token: number | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The gate's: who makes the request, once that is proved. A WeakMap took as long as all of the gate's own work. */
    provenCaller: Caller | undefined;
  }
}

export interface GateOptions {
  readonly authentication: "tokens" | "none";
  readonly runtime: () => Runtime | undefined;
  readonly port: () => number;
  /** Of other sites whose pages may call with a token. */
  readonly foreignOrigins: ReadonlySet<string>;
}

/** Requests by cookie that change something carry this header, which no page of another site can add unasked. */
export const CONSOLE_HEADER = "holdfast-console";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const FLUSH_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

/**
 * The one place where it is found out by whom a request is made. Whatever is wrong with a credential, the answer is the
 * same: only the audit learns more.
 */
export class Gate {
  readonly failed: FailedAttempts;
  readonly #options: GateOptions;
  /** Answers under way, by the token that they are given to. */
  readonly #open = new Map<FastifyReply["raw"], number>();
  readonly #closed: (this: FastifyReply["raw"]) => void;
  readonly #timers: readonly NodeJS.Timeout[];
  #forget: (() => void) | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    const open = this.#open;
    // One for all answers; Node calls it with the answer as `this`.
    this.#closed = function forget() {
      open.delete(this);
    };
    this.failed = new FailedAttempts({
      monotonicMs: () => performance.now(),
      record: (entry) => options.runtime()?.tokens.recordFailedAttempts(entry),
    });
    this.#timers = [
      setInterval(() => this.failed.endWindow(), FLUSH_EVERY_MS).unref(),
      setInterval(() => this.#cutEnded(), LOOK_EVERY_MS).unref(),
    ];
  }

  /**
   * Who makes a request.
   *
   * @throws HoldfastError `unauthenticated`, `too_many_attempts` (retryable), `cross_site`
   */
  callerOf(request: FastifyRequest, runtime: Runtime): Caller {
    request.provenCaller ??= this.#prove(request, runtime);
    return request.provenCaller;
  }

  /** Who made a request that has proved it. */
  known(request: FastifyRequest): Caller | undefined {
    return request.provenCaller;
  }

  /** Ends the answer when the token ends that it is given to: a subscription outlasts the check at its beginning. */
  watch(reply: FastifyReply, { token }: Caller): void {
    if (token === undefined) return;
    const { raw } = reply;
    this.#open.set(raw, token);
    raw.on("close", this.#closed);
  }

  /** From now on tokens may end. */
  opened(runtime: Runtime): void {
    this.#forget = runtime.tokens.onEnded(() => this.#cutEnded());
  }

  /** Tells the audit what it does not know yet. Before the runtime stops. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#forget?.();
    this.failed.endWindow();
  }

  /**
   * Counts a credential that proved nothing.
   *
   * @returns what the caller is told
   */
  refuse(request: FastifyRequest, why: Extract<Verified, { status: "unproven" }>): HoldfastError {
    const seconds = this.failed.count(request.ip, why.why, why.token?.id);
    return seconds === undefined ? unauthenticated() : tooMany(seconds);
  }

  #prove(request: FastifyRequest, runtime: Runtime): Caller {
    if (this.#options.authentication === "none") return { principal: LOCAL_OPERATOR, token: undefined };
    const credentials = credentialsOf(request, this.#options.port());
    const { tokens } = runtime;
    if (credentials.kind === "none") {
      // As much work as for any other.
      tokens.verify("");
      throw unauthenticated();
    }
    const { kind, secret } = credentials;
    const verified = kind === "bearer" ? tokens.verify(secret) : tokens.sessions.verify(secret);
    if (verified.status === "unproven") throw this.refuse(request, verified);
    if (kind === "session") this.checkSameSite(request);
    return { principal: verified.principal, token: verified.token.id };
  }

  /**
   * A cookie counts for pages of this server only. The Origin, where there is one, was compared before with those that
   * may call at all; of these, foreign ones bring tokens.
   *
   * @throws HoldfastError `cross_site`
   */
  checkSameSite({ method, headers }: FastifyRequest): void {
    const { origin } = headers;
    const isForeign = origin !== undefined && this.#options.foreignOrigins.has(origin.toLowerCase());
    if (!isForeign && SAFE_METHODS.has(method)) return;
    if (!isForeign && origin !== undefined && headers[CONSOLE_HEADER] !== undefined) return;
    throw new HoldfastError(
      "cross_site",
      `A request by cookie that changes something needs an Origin of this server and the header ${CONSOLE_HEADER}. Programs send a token instead.`,
    );
  }

  /** Only answers that have begun: others belong to requests that were allowed when they came. */
  #cutEnded(): void {
    const runtime = this.#options.runtime();
    if (runtime === undefined) return;
    for (const [raw, token] of this.#open) if (raw.headersSent && !runtime.tokens.isLive(token)) raw.destroy();
  }
}

/** The same for whatever is wrong with a credential. */
export const unauthenticated = (): HoldfastError =>
  new HoldfastError("unauthenticated", "Say who you are: send a token as `Authorization: Bearer hf_…`.");

/** Carries when to come back, for `Retry-After`. */
export class TooManyAttempts extends HoldfastError {
  readonly retryAfterSeconds: number;

  constructor(seconds: number) {
    super("too_many_attempts", `Too many tokens from this address proved nothing; try again in ${seconds} s.`, {
      retryable: true,
    });
    this.retryAfterSeconds = seconds;
  }
}

const tooMany = (seconds: number): HoldfastError => new TooManyAttempts(seconds);
