import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classPath, fetchNeo4j, javaCommand } from "./neo4j-artifacts.ts";

export { fetchNeo4j, neo4jUnavailable } from "./neo4j-artifacts.ts";

/** A cold Java start on a busy machine. */
const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 5_000;

export interface Neo4jServerOptions {
  /** Where the jars are kept. Default: `.cache` in the project's root. */
  readonly cacheDirectory?: string;
  /** Further lines of neo4j.conf, `{ "db.memory.transaction.max": "8m" }`. An unknown setting ends the server at once. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real Neo4j of this test run: its own folder, port and password on 127.0.0.1. */
export interface Neo4jServer {
  readonly uri: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Starts again on the same folder and port, after `stop` or `kill`. Resolves when it answers. */
  start(): Promise<void>;
  /** A clean stop; the folder stays, for `start`. */
  stop(): Promise<void>;
  /** SIGKILL: as a crash. */
  kill(): Promise<void>;
  /** Kills it and removes its folder. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Neo4j Community server, about 6 s, 300 MB. It never outlives this process. Rejects with what to do where
 * that is not possible; ask `neo4jUnavailable()` first.
 */
export async function startNeo4jServer(options: Neo4jServerOptions = {}): Promise<Neo4jServer> {
  const lib = fetchNeo4j(options.cacheDirectory);
  const home = mkdtempSync(join(tmpdir(), "holdfast-neo4j-"));
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  writeHome(home, port, password, options.settings ?? {});
  const server = new LocalServer(lib, home, port, password);
  try {
    await server.start();
  } catch (error) {
    await server.dispose();
    throw error;
  }
  return server;
}

class LocalServer implements Neo4jServer {
  readonly host = "127.0.0.1";
  readonly username = "neo4j";
  readonly port: number;
  readonly password: string;
  readonly #lib: string;
  readonly #home: string;
  #child: ChildProcess | undefined;

  constructor(lib: string, home: string, port: number, password: string) {
    this.#lib = lib;
    this.#home = home;
    this.port = port;
    this.password = password;
  }

  get uri(): string {
    return `bolt://${this.host}:${this.port}`;
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    if (await answers(this.host, this.port))
      throw new Error(`Port ${this.port} is taken: an orphan of another run would look ready.`);
    const child = spawn(javaCommand(), javaArguments(this.#lib, this.#home), {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a Ctrl-C in the terminal is for us; we end it
    });
    this.#child = child;
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => keepLast(said, text.toString()));
    const killAtExit = (): boolean => child.kill("SIGKILL");
    process.once("exit", killAtExit);
    child.once("exit", () => {
      process.off("exit", killAtExit);
      if (this.#child === child) this.#child = undefined;
    });
    child.once("error", (error) => said.push(error.message));
    const deadline = performance.now() + START_WITHIN_MS;
    // Bolt opens only after the database is there.
    while (!(await answers(this.host, this.port))) {
      if (this.#child === undefined || child.exitCode !== null)
        throw new Error(`Neo4j did not start: ${said.join("").slice(-2_000)}`);
      if (performance.now() > deadline)
        throw new Error(`Neo4j was not ready after ${START_WITHIN_MS / 1_000} s: ${said.join("").slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const forced = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await ended(child, "SIGTERM");
    clearTimeout(forced);
  }

  async kill(): Promise<void> {
    if (this.#child !== undefined) await ended(this.#child, "SIGKILL");
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

function writeHome(home: string, port: number, password: string, settings: Readonly<Record<string, string>>): void {
  mkdirSync(join(home, "conf"), { recursive: true });
  mkdirSync(join(home, "data", "dbms"), { recursive: true });
  const lines = {
    "server.default_listen_address": "127.0.0.1",
    "server.bolt.listen_address": `127.0.0.1:${port}`,
    "server.bolt.advertised_address": `127.0.0.1:${port}`,
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.security.auth_enabled": "true",
    "dbms.usage_report.enabled": "false",
    "server.memory.pagecache.size": "64m",
    "db.tx_log.preallocate": "false", // else 256 MB files
    "db.tx_log.rotation.size": "16m",
    "db.tx_log.rotation.retention_policy": "keep_none",
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0", // a clean stop takes 0.4 s instead of 10 s
    ...settings,
  };
  writeFileSync(
    join(home, "conf", "neo4j.conf"),
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  writeFileSync(join(home, "data", "dbms", "auth.ini"), `neo4j:${credential(password)}:\n`);
}

/** Neo4j's own format of a password at rest, as its admin command writes it. */
function credential(password: string): string {
  const rounds = 1_024;
  const salt = randomBytes(32);
  let hash = createHash("sha256").update(salt).update(password).digest();
  for (let round = 1; round < rounds; round++) hash = createHash("sha256").update(hash).digest();
  return `SHA-256,${hash.toString("hex").toUpperCase()},${salt.toString("hex").toUpperCase()},${rounds}`;
}

const javaArguments = (lib: string, home: string): readonly string[] => [
  "-Xms128m",
  "-Xmx512m",
  "-XX:+UseSerialGC",
  ...["java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch"].map(
    (name) => `--add-opens=${name}=ALL-UNNAMED`,
  ),
  "-cp",
  classPath(lib),
  "org.neo4j.server.CommunityEntryPoint",
  `--home-dir=${home}`,
  `--config-dir=${join(home, "conf")}`,
];

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port }, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const ended = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill(signal);
  });

function keepLast(said: string[], text: string): void {
  said.push(text);
  if (said.length > 50) said.shift();
}
