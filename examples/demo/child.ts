import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const STOP_WITHIN_MS = 5_000;

/** Another process of the demo: it is sent commands and sends reports. */
export class Child<Command extends object, Report extends object> implements Disposable {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #stopping = false;

  constructor(
    name: string,
    file: URL,
    onReport: (report: Report) => void,
    onLost: (error: Error) => void,
    execArgv: readonly string[] = [],
  ) {
    this.#name = name;
    // Its standard output would end up in the one JSON object; what it has to say goes to stderr.
    this.#process = fork(fileURLToPath(file), [], { execArgv: [...execArgv], stdio: ["ignore", 2, 2, "ipc"] });
    this.#ended = once(this.#process, "exit");
    this.#process.on("message", (report) => onReport(report as Report));
    this.#process.once("error", (error) => onLost(error));
    this.#process.once("exit", (code, signal) => {
      if (!this.#stopping) onLost(new Error(`The ${name} process ended by itself (${signal ?? `exit code ${code}`}).`));
    });
  }

  tell(command: Command): void {
    if (this.#process.connected) this.#process.send(command, () => {});
  }

  /** Waits for it to end by itself, after it was told to; then it is killed. */
  async stop(command: Command, withinMs = STOP_WITHIN_MS): Promise<void> {
    this.#stopping = true;
    this.tell(command);
    const timer = setTimeout(() => this.kill(), withinMs);
    await this.#ended;
    clearTimeout(timer);
    if (this.#process.exitCode !== 0) throw new Error(`The ${this.#name} process did not stop cleanly.`);
  }

  /** At once, for every end that is not the planned one. */
  kill(): void {
    this.#stopping = true;
    this.#process.kill("SIGKILL");
  }

  [Symbol.dispose](): void {
    this.kill();
  }
}

/** In a child: what its parent sends, and a way to answer. It ends with its parent, and leaves Ctrl-C to it. */
export function asChild<Command extends object, Report extends object>(
  onCommand: (command: Command) => void,
): (report: Report) => void {
  process.on("SIGINT", () => {});
  process.once("disconnect", () => process.exit(1));
  process.on("message", (command) => onCommand(command as Command));
  return (report) => void process.send?.(report, undefined, undefined, () => {});
}
