import type { FastifyReply, FastifyRequest } from "fastify";
import { HoldfastError } from "../../../errors.ts";
import type { Principal } from "../../../operations/principal.ts";
import type { Caller } from "../access/gate.ts";

type PrincipalOf = (request: FastifyRequest) => Principal | undefined | Promise<Principal | undefined>;

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The place of the gate where a host has its own: asks it once per request. */
export class HostGate {
  readonly #principalOf: PrincipalOf;
  readonly #origins: ReadonlySet<string>;
  readonly #callers = new WeakMap<FastifyRequest, Caller>();

  constructor(principalOf: PrincipalOf, origins: readonly string[]) {
    this.#principalOf = principalOf;
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase()));
  }

  /**
   * Asks the host, before anything of a body is read.
   *
   * @throws HoldfastError `unauthenticated`, `cross_site`; and whatever the host's function throws
   */
  async prove(request: FastifyRequest): Promise<Principal> {
    const principal = await this.#principalOf(request);
    if (principal === undefined) throw noPrincipal();
    this.#checkOrigin(request);
    this.#callers.set(request, { principal, token: undefined });
    return principal;
  }

  /** @throws HoldfastError `unauthenticated` */
  callerOf(request: FastifyRequest): Caller {
    const caller = this.#callers.get(request);
    if (caller === undefined) throw noPrincipal();
    return caller;
  }

  /** A host may know people by a cookie, which a browser sends along with what a page of another site asks for. */
  #checkOrigin({ method, host, headers: { origin } }: FastifyRequest): void {
    if (SAFE_METHODS.has(method) || origin === undefined || this.#origins.has(origin.toLowerCase())) return;
    if (URL.parse(origin)?.host === host.toLowerCase()) return;
    throw new HoldfastError(
      "cross_site",
      "A page of another site may change nothing here. If it is yours, name its origin in `origins`.",
    );
  }
}

const noPrincipal = (): HoldfastError =>
  new HoldfastError("unauthenticated", "The service that hosts this does not know who you are: sign in there.");

/** Answers under way that have no end of their own, so that a host that closes need not wait for their readers. */
export class OpenStreams {
  readonly #open = new Set<FastifyReply["raw"]>();

  add({ raw }: FastifyReply): void {
    this.#open.add(raw);
    raw.once("close", () => this.#open.delete(raw));
  }

  /** Their readers come back by themselves, to whoever listens then. */
  cut(): void {
    for (const raw of this.#open) raw.destroy();
  }
}
