import type { Priority } from "../../../machines/contracts/priority.ts";
import { HoldfastError, InvalidValueError } from "../../errors.ts";
import type { Page } from "../../operations/operation-view.ts";
import type { Principal } from "../../operations/principal.ts";
import { checkReason } from "../../queue/cancel.ts";
import type { ControlAction } from "../../queue/journal.ts";
import { type AccessToken, isLive, principalOf, type TokenRecord, withoutHash } from "./access-token.ts";
import { grant, type GrantWish } from "./grant.ts";
import { Sessions } from "./sessions.ts";
import { MAXIMUM_LIVE_TOKENS, TokenBook, type TokenPorts, type Unproven, type Verified } from "./token-book.ts";
import { hashOfSecret, makeSecret } from "./token-secret.ts";

/** Whom a token is for. */
export type TokenFor = Exclude<AccessToken["kind"], "session">;

export type TokenWish = GrantWish & {
  /** Letters, digits, `.`, `_` and `-`. No two live tokens have one name; a later one may take it over. */
  readonly name: string;
  /** Default `service`. */
  readonly kind?: TokenFor;
  /** The most urgent priority it may ask for; default its creator's cap, if that has one. */
  readonly highestPriority?: Priority;
  /** Wall time of its end; at the latest that of its creator. */
  readonly expiresAt?: number;
  /** Instead of `expiresAt`. A token without either ends with its creator's, and where that has no end has none. */
  readonly forMs?: number;
  /** Kept with the token and in the audit. */
  readonly reason: string;
  /** Who asks; default the embedding service. */
  readonly principal?: Principal;
};

/** The only time that the secret is seen. */
export interface CreatedToken {
  readonly secret: string;
  readonly token: AccessToken;
}

/** `not_live`: it is over already, or there is none of this id. */
export type RevokeAnswer =
  | { readonly status: "revoked"; readonly token: AccessToken }
  | { readonly status: "not_live" };

export interface ListedToken extends AccessToken {
  readonly status: "live" | "expired" | "revoked";
  /** The last time in this process; absent when it was not used in it. */
  readonly lastUsedAt?: number;
}

/** Attempts from one address in a row, as the audit keeps them. */
export interface FailedAttemptsEntry {
  readonly address: string;
  readonly why: Unproven;
  readonly attempts: number;
  /** The token, where it was one of ours that is over. */
  readonly token?: number;
}

const BOOTSTRAP = "bootstrap";
const STRONG = /^[\x21-\x7e]{32,200}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LARGEST_PAGE_ROWS = 1_000;
const LONGEST_LIFE_MS = 10 * 365 * 86_400_000;

/**
 * Credentials of remote callers. A token's secret is shown once; the store has its hash. What a token may do was decided
 * when it was made and does not change: another one is made instead. Every change, and every refused attempt at one,
 * is in the audit, and a change is answered when it is on disk.
 */
export class Tokens {
  /** Browsers that have signed in by one. */
  readonly sessions: Sessions;
  readonly #book: TokenBook;
  readonly #principal: Principal;
  readonly #known: ReadonlySet<string>;

  /**
   * @internal Made by `createRuntime`.
   * @param known every permission that something here asks for
   */
  constructor(ports: TokenPorts, principal: Principal, known: ReadonlySet<string>) {
    this.#book = new TokenBook(ports);
    this.#principal = principal;
    this.#known = known;
    this.sessions = new Sessions(this.#book);
  }

  /** Tokens that open something now; sessions are not counted. */
  get live(): number {
    return this.#book.live(({ kind }) => kind !== "session").length;
  }

  /**
   * Makes a token that may do at most what its creator may.
   *
   * @throws InvalidValueError `invalid_token`, `unknown_permission`
   * @throws HoldfastError `forbidden`, `token_name_taken`, `too_many_tokens`, `not_recorded`
   * @throws MisuseError `reason_missing`
   * @example
   * const { secret } = await runtime.tokens.create({ name: "kitchen-prod", role: "service", reason: "the kitchen's service" });
   */
  async create(wish: TokenWish): Promise<CreatedToken> {
    const { principal = this.#principal } = wish;
    const at = this.#book.now;
    const action = (target: string, outcome: string, request: ControlAction["request"]): ControlAction => ({
      at,
      principal: principal.id,
      action: "create_token",
      target,
      reason: typeof wish.reason === "string" ? wish.reason : null,
      outcome,
      request,
    });
    let made: { readonly secret: string; readonly token: TokenRecord };
    try {
      made = this.#make(wish, principal, at);
    } catch (error) {
      const name = String(wish.name).slice(0, 64);
      this.#book.record(action("token", error instanceof HoldfastError ? error.code : "failed", { name }));
      throw error;
    }
    const { secret, token } = made;
    await this.#book.add(token, action(`token:${token.id}`, "created", described(token)));
    return { secret, token: withoutHash(token) };
  }

  /**
   * Ends a token, and the sessions that were signed in with it. It opens nothing from the moment of this call on.
   *
   * @throws MisuseError `reason_missing`; HoldfastError `not_recorded`
   */
  async revoke(
    id: number,
    { reason, principal = this.#principal }: { readonly reason: string; readonly principal?: Principal },
  ): Promise<RevokeAnswer> {
    const at = this.#book.now;
    const action = (outcome: string): ControlAction => ({
      at,
      principal: principal.id,
      action: "revoke_token",
      target: `token:${id}`,
      reason: typeof reason === "string" ? reason : null,
      outcome,
      request: {},
    });
    const token = this.#book.find(id);
    let why: string;
    try {
      why = checkReason(reason, "a token is revoked");
    } catch (error) {
      this.#book.record(action(error instanceof HoldfastError ? error.code : "failed"));
      throw error;
    }
    if (token === undefined || !isLive(token, at)) {
      this.#book.record(action("not_live"));
      return { status: "not_live" };
    }
    const revoked: TokenRecord = { ...token, revoked: { at, by: principal.id, reason: why } };
    await this.#book.end(revoked, action("revoked"));
    return { status: "revoked", token: withoutHash(revoked) };
  }

  /** Newest first, in pages: `next` is the `after` of the following page. Those that are over are kept for a while. */
  list({
    after = Number.POSITIVE_INFINITY,
    limit = 100,
  }: {
    readonly after?: number;
    readonly limit?: number;
  } = {}): Page<ListedToken> {
    const rows = Math.max(1, Math.min(Math.floor(limit), LARGEST_PAGE_ROWS));
    const found = this.#book
      .all()
      .filter(({ id }) => id < after)
      .toSorted((a, b) => b.id - a.id);
    const page = found.slice(0, rows).map((token) => this.#listed(token));
    const last = page.at(-1);
    return found.length > rows && last !== undefined ? { rows: page, next: last.id } : { rows: page };
  }

  /** Who a secret proves its bearer to be. Not for cookies: a session opens nothing here. */
  verify(secret: string): Verified {
    return this.#book.verify(secret, BEARERS);
  }

  find(id: number | undefined): AccessToken | undefined {
    const token = id === undefined ? undefined : this.#book.find(id);
    return token === undefined ? undefined : withoutHash(token);
  }

  /**
   * Makes, or replaces, the token `bootstrap`, which may do everything, from a secret that an operator has chosen: how a
   * service gets its first token where nobody can make one yet. Does nothing where it is the same secret still. One that
   * was revoked or replaced opens nothing again: false.
   *
   * @throws InvalidValueError `invalid_token`; HoldfastError `not_recorded`
   */
  async bootstrap(secret: string): Promise<boolean> {
    if (!STRONG.test(secret))
      throw new InvalidValueError(
        "invalid_token",
        "secret",
        "a bootstrap secret has 32 to 200 visible characters; make one with `openssl rand -hex 32`",
      );
    const hash = hashOfSecret(secret);
    const held = this.#book.live(({ name, kind }) => name === BOOTSTRAP && kind !== "session")[0];
    if (held?.hash === hash) return true;
    // Whoever has revoked or replaced it meant that for good; the environment that gives it may not have heard of it.
    if (this.#book.findByHash(hash) !== undefined) return false;
    const principal = this.#principal;
    if (held !== undefined) await this.revoke(held.id, { reason: "another bootstrap secret was given" });
    const at = this.#book.now;
    const reason = "a bootstrap secret was given";
    const id = this.#book.takeId();
    const made = { id, kind: "person", name: BOOTSTRAP, permissions: principal.permissions } as const;
    const token: TokenRecord = { ...made, createdAt: at, createdBy: principal.id, reason, hash };
    const action = { at, principal: principal.id, action: "create_token", target: `token:${id}`, reason };
    await this.#book.add(token, { ...action, outcome: "created", request: described(token) });
    return true;
  }

  /** Credentials that proved nothing, for the audit; whoever counts them keeps the number of entries small. */
  recordFailedAttempts({ address, why, attempts, token }: FailedAttemptsEntry): void {
    this.#book.record({
      at: this.#book.now,
      principal: "unauthenticated",
      action: "authenticate",
      target: `address:${address}`,
      reason: null,
      outcome: why,
      request: { attempts, token: token ?? null },
    });
  }

  /** Whether a token, or a session, opens something still: for connections that outlast the check at their beginning. */
  isLive(id: number): boolean {
    return this.#book.isLive(id);
  }

  /** Called with the id of a token or a session that was ended, in the same turn. Returns a function that takes this back. */
  onEnded(listener: (id: number) => void): () => void {
    return this.#book.onEnded(listener);
  }

  #make(wish: TokenWish, principal: Principal, at: number): { readonly secret: string; readonly token: TokenRecord } {
    const { name, kind = "service" } = wish;
    if (typeof name !== "string" || !NAME.test(name))
      throw new InvalidValueError(
        "invalid_token",
        "name",
        "a token's name has 1 to 64 letters, digits, '.', '_' or '-', and begins with a letter or a digit",
      );
    if (!BEARERS.includes(kind))
      throw new InvalidValueError("invalid_token", "kind", `a token is for one of ${BEARERS.join(", ")}`);
    const reason = checkReason(wish.reason, "a token is made");
    const expiresAt = this.#notAfter(principal, endOf(wish, at));
    const granted = grant(wish, principal, this.#known);
    const live = this.#book.live((token) => token.kind !== "session");
    if (live.some((token) => token.name === name))
      throw new HoldfastError(
        "token_name_taken",
        `A live token is named ${name}: choose another name, or revoke that one first.`,
      );
    if (live.length >= MAXIMUM_LIVE_TOKENS)
      throw new HoldfastError(
        "too_many_tokens",
        `${MAXIMUM_LIVE_TOKENS} tokens are live, which is the limit: revoke some.`,
      );
    const secret = makeSecret(kind);
    const id = this.#book.takeId();
    const hash = hashOfSecret(secret);
    const made = { id, kind, name, ...granted, createdAt: at, createdBy: principal.id, reason, hash };
    return { secret, token: expiresAt === undefined ? made : { ...made, expiresAt } };
  }

  /**
   * A token that was made to end is not outlived by what it makes; otherwise whoever holds it would prolong it.
   *
   * @throws HoldfastError `forbidden`
   */
  #notAfter(principal: Principal, asked: number | undefined): number | undefined {
    const last = this.#book.newestOf(principal)?.expiresAt;
    if (last === undefined) return asked;
    if (asked !== undefined && asked > last)
      throw new HoldfastError(
        "forbidden",
        `${principal.id} may not make a token that outlives its own, which ends at ${new Date(last).toISOString()}.`,
      );
    return asked ?? last;
  }

  #listed(token: TokenRecord): ListedToken {
    const lastUsedAt = this.#book.lastUsedAt(token);
    const status = this.#book.whyOver(token) ?? "live";
    return { ...withoutHash(token), status, ...(lastUsedAt === undefined ? {} : { lastUsedAt }) };
  }
}

const BEARERS: readonly TokenFor[] = ["service", "person", "development"];

function endOf({ expiresAt, forMs }: TokenWish, now: number): number | undefined {
  if (expiresAt !== undefined && forMs !== undefined)
    throw new InvalidValueError("invalid_token", "forMs", "give either expiresAt or forMs");
  if (expiresAt === undefined && forMs === undefined) return undefined;
  const end = Math.round(expiresAt ?? now + forMs!);
  if (!(end > now && end <= now + LONGEST_LIFE_MS))
    throw new InvalidValueError(
      "invalid_token",
      forMs === undefined ? "expiresAt" : "forMs",
      "a token's end is ahead, and within ten years",
    );
  return end;
}

/** What the audit keeps of a wish, never the secret or its hash. */
const described = (token: TokenRecord): ControlAction["request"] => ({
  name: token.name,
  kind: token.kind,
  principal: principalOf(token).id,
  permissions: token.permissions === "*" ? "*" : token.permissions.join(" "),
  highestPriority: token.highestPriority ?? null,
  expiresAt: token.expiresAt ?? null,
});
