import { timingSafeEqual } from "node:crypto";
import { HoldfastError } from "../../errors.ts";
import type { Principal } from "../../operations/principal.ts";
import type { Clock } from "../../ports.ts";
import type { ControlAction } from "../../queue/journal.ts";
import { type AccessToken, isLive, principalOf, type TokenKind, type TokenRecord } from "./access-token.ts";
import { hashOfSecret, kindOfSecret } from "./token-secret.ts";

/** As many tokens may be live at a time, and as many sessions of browsers. */
export const MAXIMUM_LIVE_TOKENS = 1_000;
/** Of those that are over the newest are kept, so that their use is told from a guess; the audit has them all. */
export const KEPT_DEAD_TOKENS = 1_000;

export interface TokenPorts {
  readonly clock: Clock;
  /** Those that are in the store. */
  readonly restored: readonly TokenRecord[];
  /** Writes it, and forgets others, with an entry of the audit in one commit; resolves when that is on disk. */
  readonly save: (token: TokenRecord, forget: readonly number[], action: ControlAction) => Promise<void>;
  readonly record: (action: ControlAction) => void;
}

/** Why a secret proves nothing. For the audit only: a caller is told the same, whichever it was. */
export type Unproven = "malformed" | "unknown" | "expired" | "revoked";

export type Verified =
  | { readonly status: "proven"; readonly principal: Principal; readonly token: AccessToken }
  | { readonly status: "unproven"; readonly why: Unproven; readonly token?: AccessToken };

interface Entry {
  token: TokenRecord;
  readonly principal: Principal;
  readonly digest: Buffer;
  lastUsedAt: number | undefined;
}

const NO_DIGEST = Buffer.alloc(32);

/** All tokens that the process knows, by the hashes of their secrets. Bounded, so all of them are in memory. */
export class TokenBook {
  readonly #ports: TokenPorts;
  readonly #byHash = new Map<string, Entry>();
  readonly #byId = new Map<number, Entry>();
  readonly #ended = new Set<(id: number) => void>();
  /** Being written: their names are taken, and they open nothing yet. */
  readonly #coming = new Map<number, TokenRecord>();
  #lastId: number;

  constructor(ports: TokenPorts) {
    this.#ports = ports;
    this.#lastId = 0;
    for (const token of ports.restored) {
      this.#add(token);
      this.#lastId = Math.max(this.#lastId, token.id);
    }
  }

  get now(): number {
    return this.#ports.clock.now();
  }

  takeId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  find(id: number): TokenRecord | undefined {
    return this.#byId.get(id)?.token;
  }

  findByHash(hash: string): TokenRecord | undefined {
    return this.#byHash.get(hash)?.token;
  }

  /** The token by which somebody acts; no two live ones have one name. Undefined for who acts by none. */
  newestOf({ id }: Principal): TokenRecord | undefined {
    return this.all().findLast((token) => token.kind !== "session" && principalOf(token).id === id);
  }

  /** When a token was last used in this process. */
  lastUsedAt({ hash }: TokenRecord): number | undefined {
    return this.#byHash.get(hash)?.lastUsedAt;
  }

  /** Oldest first; those too that are being written. */
  live(which: (token: TokenRecord) => boolean): TokenRecord[] {
    const { now } = this;
    return [...this.all(), ...this.#coming.values()].filter((token) => isLive(token, now) && which(token));
  }

  all(): TokenRecord[] {
    return [...this.#byHash.values()].map(({ token }) => token);
  }

  /** It opens what it opens once it is on disk. */
  async add(token: TokenRecord, action: ControlAction): Promise<void> {
    this.#coming.set(token.id, token);
    try {
      await this.#save(token, action);
      // It may have been ended meanwhile.
      this.#add(this.#coming.get(token.id) ?? token);
    } finally {
      this.#coming.delete(token.id);
    }
  }

  /** It opens nothing from this moment on, whatever becomes of the writing. */
  async end(token: TokenRecord, action: ControlAction): Promise<void> {
    const entry = this.#byHash.get(token.hash);
    if (entry !== undefined) entry.token = token;
    else if (this.#coming.has(token.id)) this.#coming.set(token.id, token);
    for (const listener of this.#ended) listener(token.id);
    await this.#save(token, action);
  }

  /** Called with the id of a token that was ended, in the same turn. Returns a function that takes this back. */
  onEnded(listener: (id: number) => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  record(action: ControlAction): void {
    this.#ports.record(action);
  }

  /**
   * Who a secret proves its bearer to be. Every text is hashed and compared with one digest, so that the time tells
   * nothing of how near it was.
   */
  verify(secret: string, kinds: readonly TokenKind[]): Verified {
    const hash = hashOfSecret(secret);
    const entry = this.#byHash.get(hash);
    const isSame = timingSafeEqual(Buffer.from(hash, "hex"), entry?.digest ?? NO_DIGEST);
    if (entry === undefined || !isSame)
      return { status: "unproven", why: kindOfSecret(secret) === undefined ? "malformed" : "unknown" };
    const { token, principal } = entry;
    const why = kinds.includes(token.kind) ? this.whyOver(token) : "unknown";
    if (why !== undefined) return { status: "unproven", why, token };
    entry.lastUsedAt = this.now;
    return { status: "proven", principal, token };
  }

  /** False from the moment on in which it, or the token that it was signed in with, is over. */
  isLive(id: number): boolean {
    const token = this.find(id);
    return token !== undefined && this.whyOver(token) === undefined;
  }

  /** A session is over as its token is, for the same reason. */
  whyOver(token: TokenRecord): Extract<Unproven, "expired" | "revoked"> | undefined {
    if (!isLive(token, this.now)) return token.revoked === undefined ? "expired" : "revoked";
    if (token.parent === undefined) return undefined;
    const parent = this.find(token.parent);
    return parent === undefined ? "revoked" : this.whyOver(parent);
  }

  #add(token: TokenRecord): void {
    const digest = Buffer.from(token.hash, "hex");
    const entry: Entry = { token, principal: principalOf(token), digest, lastUsedAt: undefined };
    this.#byHash.set(token.hash, entry);
    this.#byId.set(token.id, entry);
  }

  async #save(token: TokenRecord, action: ControlAction): Promise<void> {
    const forgotten = this.#overForLongest();
    try {
      await this.#ports.save(
        token,
        forgotten.map(({ id }) => id),
        action,
      );
    } catch (cause) {
      const what = "The change of this token could not be written; try again when the store works.";
      throw new HoldfastError("not_recorded", what, { cause, retryable: true });
    }
    for (const { hash, id } of forgotten) {
      this.#byHash.delete(hash);
      this.#byId.delete(id);
    }
  }

  /** Sessions that are over are not kept at all. */
  #overForLongest(): TokenRecord[] {
    const dead = this.all().filter((token) => !isLive(token, this.now));
    const sessions = dead.filter(({ kind }) => kind === "session");
    const others = dead.filter(({ kind }) => kind !== "session").toSorted((a, b) => b.id - a.id);
    return [...sessions, ...others.slice(KEPT_DEAD_TOKENS)];
  }
}
