import { connect, createServer, type Server, type Socket } from "node:net";
import { BoltConversation, COMMIT, SUCCESS } from "./bolt-reader.ts";

export interface FaultProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Default: any free one. */
  readonly port?: number;
}

/** A connection that a client made, by its times: a test reads from them when the next probe came. */
export interface FaultProxyConnection {
  /** Wall time, milliseconds since 1970. */
  readonly at: number;
  /** Monotonic, milliseconds. */
  readonly monotonicMs: number;
  /** False when it came while the proxy was cut, and was turned away. */
  readonly accepted: boolean;
}

export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** Connections that clients tried to make, oldest first; the last ten thousand. */
  readonly log: readonly FaultProxyConnection[];
  /** Connections open now. */
  readonly connections: number;
  /** COMMITs whose success the server had answered and whose answer was dropped. */
  readonly swallowed: number;
  /** Breaks every connection, and new ones as soon as they are made. */
  cut(): void;
  /** No byte passes any more, in either direction; the sockets stay open, and new ones open. */
  stall(): void;
  /** Every byte arrives this much later. */
  delay(ms: number): void;
  /** Resets (RST) the connections that are open now; new ones work. */
  reset(): void;
  /** Everything passes again. What was stalled goes on. */
  restore(): void;
  /** The next `n` times that a Bolt server answers a COMMIT with success, the answer is dropped and the connection cut. */
  swallowCommitAnswers(n: number): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const HOST = "127.0.0.1";
const LONGEST_LOG = 10_000;

/**
 * A TCP proxy on 127.0.0.1 that does to a connection what networks do.
 *
 * @example
 * await using proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: 7687 } });
 * const graph = neo4j({ uri: `bolt://${proxy.host}:${proxy.port}`, … });
 * proxy.cut();
 */
export async function startFaultProxy({ target, port = 0 }: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(target);
  await proxy.listen(port);
  return proxy;
}

class TcpFaultProxy implements FaultProxy {
  readonly host = HOST;
  port = 0;
  swallowed = 0;
  readonly log: FaultProxyConnection[] = [];
  readonly #target: FaultProxyOptions["target"];
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #state: "open" | "cut" | "stalled" = "open";
  #delayMs = 0;
  #toSwallow = 0;

  constructor(target: FaultProxyOptions["target"]) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  get connections(): number {
    return this.#links.size;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, HOST, () => {
        const address = this.#server.address();
        if (typeof address === "object" && address !== null) this.port = address.port;
        resolve();
      });
    });
  }

  cut(): void {
    this.#state = "cut";
    this.reset();
  }

  stall(): void {
    this.#state = "stalled";
    for (const link of this.#links) link.pause();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  reset(): void {
    for (const link of this.#links) link.destroy();
  }

  restore(): void {
    this.#state = "open";
    this.#delayMs = 0;
    for (const link of this.#links) link.resume();
  }

  swallowCommitAnswers(n: number): void {
    this.#toSwallow = n;
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(client: Socket): void {
    const accepted = this.#state !== "cut";
    this.log.push({ at: Date.now(), monotonicMs: performance.now(), accepted });
    if (this.log.length > LONGEST_LOG) this.log.shift();
    if (!accepted) return breakOff(client.on("error", () => {}));
    const link = new Link(client, connect(this.#target), {
      delayMs: () => this.#delayMs,
      swallows: () => {
        if (this.#toSwallow === 0) return false;
        this.#toSwallow -= 1;
        this.swallowed += 1;
        return true;
      },
      onGone: () => this.#links.delete(link),
    });
    this.#links.add(link);
    if (this.#state === "stalled") link.pause();
  }
}

interface LinkRules {
  delayMs(): number;
  /** Asked when the server has answered a COMMIT with success. */
  swallows(): boolean;
  onGone(): void;
}

/** One client's connection and ours to the server. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #conversation = new BoltConversation();
  #gone = false;

  constructor(client: Socket, server: Socket, rules: LinkRules) {
    this.#client = client;
    this.#server = server;
    const toServer = new InOrder();
    const toClient = new InOrder();
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on("data", (bytes: Buffer) => {
      this.#conversation.client(bytes);
      toServer.after(rules.delayMs(), () => server.write(bytes));
    });
    server.on("data", (bytes: Buffer) => {
      if (this.#answersCommit(bytes) && rules.swallows()) return this.destroy();
      toClient.after(rules.delayMs(), () => client.write(bytes));
    });
    client.on("end", () => toServer.after(rules.delayMs(), () => server.end()));
    server.on("end", () => toClient.after(rules.delayMs(), () => client.end()));
    for (const socket of [client, server]) {
      socket.on("error", () => this.destroy());
      socket.on("close", () => {
        this.destroy();
        rules.onGone();
      });
    }
  }

  pause(): void {
    this.#client.pause();
    this.#server.pause();
  }

  resume(): void {
    this.#client.resume();
    this.#server.resume();
  }

  destroy(): void {
    if (this.#gone) return;
    this.#gone = true;
    // A paused socket never notices its peer's end by itself: both are broken from here.
    breakOff(this.#client);
    breakOff(this.#server);
  }

  #answersCommit(bytes: Buffer): boolean {
    return this.#conversation.server(bytes).some(({ request, answer }) => request === COMMIT && answer === SUCCESS);
  }
}

/** A reset, which a socket that is being shut down does not take: its handle would never close, and hold the process. */
function breakOff(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** Sends late, and never out of order, also when the delay is taken away. */
class InOrder {
  #tail: Promise<void> | undefined;

  after(delayMs: number, send: () => void): void {
    if (delayMs === 0 && this.#tail === undefined) return send();
    const dueAt = performance.now() + delayMs;
    const sent = (this.#tail ?? Promise.resolve()).then(async () => {
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      send();
      if (this.#tail === sent) this.#tail = undefined;
    });
    this.#tail = sent;
  }
}
