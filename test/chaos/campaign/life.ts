import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  fromLine,
  HOLD_AT_START,
  type Report,
  REPORT_FD,
  type ServiceCommand,
  THREAD_REPORT_FD,
  type ThreadPoint,
} from "./messages.ts";

const HOLDS = new URL("./hold-threads.ts", import.meta.url).href;
/** A service that has not come to what it is expected to do by then is stuck: that is a finding, too. */
const STUCK_AFTER_MS = 120_000;

export interface LifeOptions {
  /** The file that the process runs. */
  readonly service: URL;
  /** Said on its command line, so that a process list tells whose it is. */
  readonly dataDirectory: string;
  readonly holdAtStart?: ThreadPoint;
  /** Ends every wait. */
  readonly signal: AbortSignal;
  /** Called with each report, in order; also with those that arrive after the kill. */
  readonly onReport: (report: Report) => void;
}

/** What one life has told so far. */
export interface LifeStatus {
  readonly ready: boolean;
  readonly held: string | undefined;
  readonly acknowledged: number;
  readonly waiting: number;
  readonly dead: number;
  readonly runs: boolean;
  readonly finished: boolean;
}

/** One life of the service, from its start to the signal that ends it. */
export class Life {
  readonly startedAtMs = performance.now();
  readonly #child: ChildProcess;
  readonly #options: LifeOptions;
  readonly #closed: Promise<void>;
  readonly #watchers = new Set<() => void>();
  #status: LifeStatus = {
    ready: false,
    held: undefined,
    acknowledged: 0,
    waiting: 0,
    dead: 0,
    runs: false,
    finished: false,
  };
  #failure: Error | undefined;
  #isEnding = false;

  constructor(options: LifeOptions) {
    this.#options = options;
    // Its standard output would end up in the one JSON object; what it has to say goes to stderr.
    this.#child = spawn(process.execPath, ["--import", HOLDS, fileURLToPath(options.service), options.dataDirectory], {
      stdio: ["ignore", 2, 2, "ipc", "pipe", "pipe"],
      env: { ...process.env, ...(options.holdAtStart === undefined ? {} : { [HOLD_AT_START]: options.holdAtStart }) },
    });
    for (const descriptor of [REPORT_FD, THREAD_REPORT_FD])
      readLines(this.#child.stdio[descriptor] as Readable, (line) => this.#hear(line));
    this.#child.once("error", (error) => this.#fail(error));
    this.#child.once("exit", (code, signal) => {
      if (!this.#isEnding) this.#fail(new Error(`The service ended by itself (${signal ?? `exit code ${code}`}).`));
    });
    // After the last byte of the pipes.
    this.#closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    options.signal.addEventListener("abort", this.#look);
  }

  get status(): LifeStatus {
    return this.#status;
  }

  tell(command: ServiceCommand): void {
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  /** Resolves when it has told what `holds` looks for. Rejects when it has failed, is stuck, or `signal` says so. */
  until(what: string, holds: (status: LifeStatus) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(new Error(`${this.#inWords()} It did not come to this: ${what}.`)),
        STUCK_AFTER_MS,
      );
      const look = (): void => {
        const { signal } = this.#options;
        const failure = this.#failure ?? (signal.aborted ? (signal.reason as Error) : undefined);
        if (failure === undefined && !holds(this.#status)) return;
        this.#watchers.delete(look);
        clearTimeout(timer);
        if (failure === undefined) resolve();
        else reject(failure);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** SIGKILL. Resolves when everything that it had told has been heard; says whether it was the signal that ended it. */
  async kill(): Promise<boolean> {
    this.#isEnding = true;
    this.#child.kill("SIGKILL");
    await this.#closed;
    this.#options.signal.removeEventListener("abort", this.#look);
    // Whoever still waits for something of this life waits no longer.
    this.#fail(new Error("This life of the service is over."));
    return this.#child.signalCode === "SIGKILL";
  }

  /** Lets it stop by itself. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    this.tell({ kind: "stop" });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STUCK_AFTER_MS);
    await this.#closed;
    clearTimeout(timer);
    if (this.#child.exitCode !== 0) throw new Error("The service did not stop cleanly at the end.");
  }

  #inWords(): string {
    return `The service is stuck for ${STUCK_AFTER_MS / 1_000} s at ${JSON.stringify(this.#status)}.`;
  }

  #hear(line: string): void {
    try {
      const report = fromLine(line);
      this.#options.onReport(report);
      if (report.kind === "ready") this.#status = { ...this.#status, ready: true };
      else if (report.kind === "held") this.#status = { ...this.#status, held: report.point };
      else if (report.kind === "status") {
        const { kind: _, ...told } = report;
        this.#status = { ...this.#status, ...told };
      } else if (report.kind === "acknowledged")
        this.#status = { ...this.#status, acknowledged: this.#status.acknowledged + report.outcomes.length };
      else if (report.kind === "trouble") return this.#fail(new Error(`The service: ${report.message}`));
    } catch (error) {
      return this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#look();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#look();
  }

  readonly #look = (): void => {
    for (const look of this.#watchers) look();
  };
}

/** Whole lines only: the last one may have been cut by the kill, and is then nobody's acknowledgement. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("error", () => {});
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}
