import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { PartialRuntimeConfig } from "../../src/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";
import { THREAD_REPORT_FD } from "./campaign/messages.ts";
import { mutate, query } from "./http-questions.ts";
import { CALM, type Readings } from "./planted-readings.ts";
import type { ServedCommand, ServedMessage, ServedSettings } from "./served-messages.ts";

const SERVICE = fileURLToPath(new URL("./served-service.ts", import.meta.url));
const HOLDS = new URL("./campaign/hold-threads.ts", import.meta.url).href;

/** Short pauses, so that a test waits for events and not for defaults made for production. */
const QUICK: PartialRuntimeConfig = {
  breaker: { consecutiveFailures: 3, initialBreakMs: 100, maximumBreakMs: 200, probeTimeoutMs: 1_000 },
  operations: { retry: { maximumAttempts: 10, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
  sensing: { intervalMs: 20 },
};

/** What a status over HTTP says, as far as these tests read it. */
export interface Status {
  readonly currentMode: string;
  readonly operationsQueued: number;
  readonly modes: readonly { readonly mode: string; readonly step: string }[];
  readonly pinState: string;
  readonly pin?: { readonly mode: string; readonly owner: string; readonly until: number; readonly revision: number };
  readonly triggers: readonly { readonly trigger: string; readonly state: string; readonly deadline?: number }[];
  readonly drains: readonly { readonly dependency: string; readonly state: string }[];
}

/** Where a service lives, over all its lives: a data directory, a graph, a port. */
export class ServedPlace {
  readonly dataDirectory: string;
  readonly graphFile: string;
  readonly port: number;
  readonly #config: PartialRuntimeConfig;

  private constructor(port: number, config: PartialRuntimeConfig) {
    const folder = temporaryFolder();
    this.dataDirectory = join(folder, "data");
    this.graphFile = join(folder, "graph.db");
    this.port = port;
    this.#config = { ...QUICK, ...config };
  }

  static async open(config: PartialRuntimeConfig = {}): Promise<ServedPlace> {
    return new ServedPlace(await freePort(), config);
  }

  /** The next life. Does not wait for it: whoever calls from now on finds nobody, then a service that starts. */
  begin(options: Partial<ServedSettings> = {}): ServedProcess {
    const { dataDirectory, graphFile, port } = this;
    return new ServedProcess({ dataDirectory, graphFile, port, readings: CALM, config: this.#config, ...options });
  }

  async start(options: Partial<ServedSettings> = {}): Promise<ServedProcess> {
    const service = this.begin(options);
    await service.ready();
    return service;
  }
}

/** One life of it, as its parent and its callers see it. */
export class ServedProcess {
  readonly messages: ServedMessage[] = [];
  readonly begunAt = Date.now();
  readonly #child: ChildProcess;
  readonly #port: number;

  constructor(settings: ServedSettings) {
    this.#port = settings.port;
    this.#child = fork(SERVICE, [JSON.stringify(settings)], {
      execArgv: [...process.execArgv, "--import", HOLDS],
      // The sixth is where a held thread reports: it blocks its own event loop, so it cannot tell us otherwise.
      stdio: ["ignore", "inherit", "inherit", "ipc", "ignore", "pipe"],
    });
    this.#child.on("message", (message: ServedMessage) => void this.messages.push(message));
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  ready(): Promise<void> {
    return until("the service to be ready", async () => (await query(this.#port, "degradation.status")).status === 200);
  }

  /** Resolves when the thread that writes the journal stands before a commit. */
  holdCommits(): Promise<void> {
    const report = this.#child.stdio.at(THREAD_REPORT_FD);
    const held = new Promise<void>((resolve) => void report?.once("data", () => resolve()));
    this.#send({ kind: "holdCommits" });
    return held;
  }

  read(readings: Partial<Readings>): void {
    this.#send({ kind: "readings", readings: { ...CALM, ...readings } });
  }

  cut(): void {
    this.#send({ kind: "cut" });
  }

  restore(): void {
    this.#send({ kind: "restore" });
  }

  async status(): Promise<Status> {
    const { status, data } = await query(this.#port, "degradation.status");
    if (status !== 200) throw new Error(`the service has no status: HTTP ${status}`);
    return data as Status;
  }

  /** `local_queue draining`, most severe first. */
  async steps(): Promise<readonly string[]> {
    return (await this.status()).modes.map(({ mode, step }) => `${mode} ${step}`);
  }

  /** Waits until this process has told that a machine has come to a state. */
  async came(machine: string, to: string): Promise<void> {
    await until(`${machine} to be ${to}`, () =>
      this.messages.some(
        (message) => message.kind === "transition" && message.machine === machine && message.to === to,
      ),
    );
  }

  query(path: string, input?: unknown): Promise<unknown> {
    return query(this.#port, path, input).then(({ data }) => data);
  }

  mutate(path: string, input: unknown): Promise<unknown> {
    return mutate(this.#port, path, input).then(({ data }) => data);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await until("the process to be gone", () => this.exited);
  }

  #send(command: ServedCommand): void {
    this.#child.send(command);
  }
}

/** Free a moment ago: lives follow each other on it, so it cannot be one that each of them chooses. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
