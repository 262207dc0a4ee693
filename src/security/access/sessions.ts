import { HoldfastError } from "../../errors.ts";
import type { Principal } from "../../operations/principal.ts";
import type { ControlAction } from "../../queue/journal.ts";
import { principalOf, type TokenRecord } from "./access-token.ts";
import type { TokenBook, Verified } from "./token-book.ts";
import { hashOfSecret, makeSecret } from "./token-secret.ts";

/** What a browser is given: `secret` goes into its cookie. */
export interface SignedIn {
  readonly secret: string;
  readonly expiresAt: number;
  readonly principal: Principal;
}

const SESSION_MS = 12 * 3_600_000;
const LINK_MS = 60 * 60_000;
/** Of one token; one more ends the oldest. */
const SESSIONS_PER_TOKEN = 16;
/** Of all tokens. */
const MAXIMUM_SESSIONS = 1_000;
/** Links that nobody has used; one more ends the oldest. */
const MAXIMUM_LINKS = 64;

/**
 * Browsers cannot send a token with everything that they load, and what a page's script can read a foreign script could
 * steal. So a browser exchanges a token, or a link that is good for one time, for a session: a secret of its own in a
 * cookie that no script reads. A session may do what its token may, and is over when that is.
 */
export class Sessions {
  readonly #book: TokenBook;
  readonly #links = new Map<string, { readonly token: number; readonly expiresAt: number }>();

  constructor(book: TokenBook) {
    this.#book = book;
  }

  /**
   * A secret that signs a browser in once, within the hour and this process. Kept in memory only.
   *
   * @throws HoldfastError `not_found` when the token is not live
   */
  link(tokenId: number): string {
    if (!this.#book.isLive(tokenId))
      throw new HoldfastError("not_found", "There is no live token of this id to sign in with.");
    for (const [hash] of this.#links) {
      if (this.#links.size < MAXIMUM_LINKS) break;
      this.#links.delete(hash);
    }
    const secret = makeSecret("link");
    this.#links.set(hashOfSecret(secret), { token: tokenId, expiresAt: this.#book.now + LINK_MS });
    return secret;
  }

  /**
   * Exchanges a token's secret or an unused link for a session; undefined when it proves nothing.
   *
   * @throws HoldfastError `too_many_sessions`, `not_recorded`
   */
  async signIn(secret: string): Promise<SignedIn | undefined> {
    const token = this.#tokenOf(secret);
    if (token === undefined) return undefined;
    const at = this.#book.now;
    // In one turn with taking the place: others sign in while this waits for the disk.
    const ended = this.#makeRoom(token, at);
    const id = this.#book.takeId();
    const session = makeSecret("session");
    const expiresAt = Math.min(at + SESSION_MS, token.expiresAt ?? Number.POSITIVE_INFINITY);
    const { name, permissions, highestPriority } = token;
    const added = this.#book.add(
      {
        id,
        hash: hashOfSecret(session),
        kind: "session",
        name,
        permissions,
        ...(highestPriority === undefined ? {} : { highestPriority }),
        parent: token.id,
        createdAt: at,
        createdBy: principalOf(token).id,
        reason: "a browser signed in",
        expiresAt,
      },
      this.#action("sign_in", token, `session:${id}`, at),
    );
    await Promise.all([ended, added]);
    return { secret: session, expiresAt, principal: principalOf(token) };
  }

  verify(secret: string): Verified {
    return this.#book.verify(secret, ["session"]);
  }

  /** Ends a session. False when it was none. */
  async signOut(secret: string): Promise<boolean> {
    const verified = this.verify(secret);
    if (verified.status !== "proven") return false;
    const session = this.#book.find(verified.token.id);
    if (session !== undefined) await this.#end(session, this.#book.now, "the browser signed out");
    return true;
  }

  #tokenOf(secret: string): TokenRecord | undefined {
    const verified = this.#book.verify(secret, ["service", "person", "development"]);
    if (verified.status === "proven") return this.#book.find(verified.token.id);
    const hash = hashOfSecret(secret);
    const link = this.#links.get(hash);
    if (link === undefined) return undefined;
    this.#links.delete(hash);
    return link.expiresAt > this.#book.now && this.#book.isLive(link.token) ? this.#book.find(link.token) : undefined;
  }

  /** @returns resolves when the end of the session that had to go is on disk; it opens nothing from now on */
  #makeRoom(token: TokenRecord, at: number): Promise<void> | undefined {
    const all = this.#book.live(({ kind }) => kind === "session");
    const own = all.filter(({ parent }) => parent === token.id);
    const oldest = own[0];
    if (oldest !== undefined && own.length >= SESSIONS_PER_TOKEN)
      return this.#end(oldest, at, `${SESSIONS_PER_TOKEN} browsers had signed in since`);
    if (all.length >= MAXIMUM_SESSIONS)
      throw new HoldfastError("too_many_sessions", "Too many browsers are signed in; sign out in some of them.", {
        retryable: true,
      });
    return undefined;
  }

  #end(session: TokenRecord, at: number, reason: string): Promise<void> {
    const by = principalOf(session).id;
    return this.#book.end(
      { ...session, revoked: { at, by, reason } },
      this.#action("sign_out", session, `session:${session.id}`, at),
    );
  }

  #action(action: string, token: TokenRecord, target: string, at: number): ControlAction {
    const outcome = action === "sign_in" ? "signed_in" : "signed_out";
    return { at, principal: principalOf(token).id, action, target, reason: null, outcome, request: {} };
  }
}
