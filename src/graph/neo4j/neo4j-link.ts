import neo4j, { type Driver, type Session } from "neo4j-driver";
import { DependencyError } from "../../errors.ts";
import type { Clock } from "../../ports.ts";
import { answerWithin } from "../answer-within.ts";
import { classifyError } from "./classify-error.ts";
import { breakConnection } from "./driver-internals.ts";
import { fromNeo4j } from "./from-neo4j.ts";
import { toNeo4j } from "./to-neo4j.ts";

export interface LinkSettings {
  readonly name: string;
  readonly uri: string;
  readonly username: string;
  /** Read anew for each driver. */
  readonly password: () => string;
  readonly database: string | undefined;
  readonly connectTimeoutMs: number;
  readonly maximumConnections: number;
}

export type Row = Readonly<Record<string, unknown>>;

/** One driver, and what may be done with it. A reconnect makes a new link; the old one is closed with all it holds. */
export class Neo4jLink {
  readonly #settings: LinkSettings;
  readonly #clock: Clock;
  readonly #driver: Driver;
  #closed = false;
  /** Set while the credentials are known to be wrong: further tries would only lock the user out. */
  #refused: DependencyError | undefined;

  constructor(settings: LinkSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const { uri, username, password, connectTimeoutMs, maximumConnections } = settings;
    this.#driver = neo4j.driver(uri, neo4j.auth.basic(username, password()), {
      maxConnectionPoolSize: maximumConnections,
      connectionTimeout: connectTimeoutMs,
      // Covers a server that accepts the connection and then says nothing, which connectionTimeout does not.
      connectionAcquisitionTimeout: connectTimeoutMs * 2,
      maxTransactionRetryTime: 0,
      useBigInt: true,
      telemetryDisabled: true,
      userAgent: "holdfast",
    });
  }

  /** A session that writes, on the leader. Throws where no server needs to be asked to know the answer. */
  openSession(): Session {
    this.assertUsable();
    const { database } = this.#settings;
    return this.#driver.session({
      defaultAccessMode: neo4j.session.WRITE,
      fetchSize: -1,
      ...(database !== undefined && { database }),
    });
  }

  assertUsable(): void {
    // The driver would open new connections after its close.
    if (this.#closed)
      throw new DependencyError("graph_closed", "The connection to Neo4j was closed.", {
        dependency: this.#settings.name,
        kind: "unavailable",
        effect: "none",
      });
    if (this.#refused !== undefined) throw this.#refused;
  }

  /** The server has refused these credentials. */
  get isRefused(): boolean {
    return this.#refused !== undefined;
  }

  /** What a failure means. Credentials that were refused are remembered. */
  toError(error: unknown, phase: "before_commit" | "committing" = "before_commit"): DependencyError {
    const failure = classifyError(this.#settings.name, error, phase);
    if (failure.code === "unauthorized" || failure.code === "authentication_rate_limit") this.#refused ??= failure;
    return failure;
  }

  /** One statement in a transaction of its own, answered within the time or its connection is broken. */
  async runAlone(
    what: string,
    cypher: string,
    parameters: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): Promise<readonly Row[]> {
    const session = this.openSession();
    const answer = (async () => {
      try {
        const { records } = await session.run(cypher, toNeo4j(parameters) as Record<string, unknown>, {
          timeout: wholeMs(timeoutMs),
        });
        return records.map((record) => fromNeo4j(record.toObject()) as Row);
      } catch (error) {
        throw this.toError(error, "committing");
      } finally {
        this.release(session);
      }
    })();
    return answerWithin({ clock: this.#clock, dependency: this.#settings.name, what }, timeoutMs, answer, () =>
      this.breakOff(session),
    );
  }

  /** Gives a session's connection back. A server that does not answer is not waited for. */
  release(session: Session): void {
    const timer = this.#clock.setTimer(() => this.breakOff(session), this.#settings.connectTimeoutMs);
    session
      .close()
      .catch(() => {})
      .finally(() => timer.cancel());
  }

  /** Breaks a session's connection, so that everything waiting on it fails now. */
  breakOff(session: Session): void {
    void breakConnection(session).then((broken) => {
      if (!broken) void this.close();
      session.close().catch(() => {});
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#driver.close().catch(() => {});
  }
}

/** The driver wants whole milliseconds, and takes 0 as no limit. */
export const wholeMs = (timeoutMs: number): number => Math.max(1, Math.ceil(timeoutMs));
