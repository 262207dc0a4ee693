import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of the bench that answers orders, one after the other. Ends with its parent. */
export class Child {
  readonly #process: ChildProcess;
  readonly #unread: unknown[] = [];
  #reader: ((message: unknown) => void) | undefined;
  #ended: Error | undefined;

  constructor(module: string, order: object, nodeFlags: readonly string[] = []) {
    this.#process = fork(fileURLToPath(new URL(module, import.meta.url)), [JSON.stringify(order)], {
      execArgv: [...nodeFlags, "--import", new URL("../resolve-holdfast.mjs", import.meta.url).href],
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.#process.on("message", (message) => this.#tell(message));
    this.#process.once("exit", (code) => {
      this.#ended = new Error(`${module} ended with ${code ?? "a signal"}`);
      this.#reader?.(this.#ended);
    });
  }

  #tell(message: unknown): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#unread.push(message);
    else reader(message);
  }

  send(message: object): void {
    this.#process.send(message);
  }

  /** Its next message. One that does not come within half a minute never will. */
  async next<Message>(): Promise<Message> {
    const message = this.#unread.shift() ?? this.#ended ?? (await this.#nextWithin(30_000));
    if (message instanceof Error) throw message;
    return message as Message;
  }

  #nextWithin(ms: number): Promise<unknown> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(new Error(`no answer within ${ms} ms`)), ms);
      this.#reader = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });
  }

  async ask<Message>(message: object): Promise<Message> {
    this.send(message);
    return this.next<Message>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await gone;
  }
}
