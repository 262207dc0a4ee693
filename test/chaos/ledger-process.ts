import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { until } from "../support/ledger.ts";
import type { LedgerCommand, LedgerMessage, LedgerSettings } from "./ledger-messages.ts";

const SERVICE = fileURLToPath(new URL("./ledger-service.ts", import.meta.url));

/** A service in its own process, as its parent sees it: what it told, and nothing else. */
export class LedgerProcess {
  readonly messages: LedgerMessage[] = [];
  readonly #child: ChildProcess;

  constructor(settings: LedgerSettings) {
    this.#child = fork(SERVICE, [JSON.stringify(settings)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (message: LedgerMessage) => void this.messages.push(message));
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  static async start(settings: LedgerSettings): Promise<LedgerProcess> {
    const service = new LedgerProcess(settings);
    await service.told("ready");
    return service;
  }

  send(command: LedgerCommand): void {
    this.#child.send(command);
  }

  submit(lane: string, numbers: readonly number[], answerWithinMs?: number): void {
    for (const number of numbers)
      this.send({ kind: "submit", lane, number, ...(answerWithinMs === undefined ? {} : { answerWithinMs }) });
  }

  /** Numbers that were acknowledged: `completed` or `queued`. */
  get acknowledged(): readonly number[] {
    return this.messages.flatMap((message) =>
      message.kind === "outcome" && (message.status === "completed" || message.status === "queued")
        ? [message.number]
        : [],
    );
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async told(kind: LedgerMessage["kind"], times = 1): Promise<void> {
    await until(
      `${times} × ${kind} of the service`,
      () => this.messages.filter((message) => message.kind === kind).length >= times || this.exited,
      40_000,
    );
    if (this.messages.filter((message) => message.kind === kind).length < times)
      throw new Error(`the service ended before it told ${kind}`);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await until("the process to be gone", () => this.exited);
  }

  async status(): Promise<Extract<LedgerMessage, { kind: "status" }>> {
    const seen = this.messages.filter(({ kind }) => kind === "status").length;
    this.send({ kind: "status" });
    await this.told("status", seen + 1);
    return this.messages.findLast((message) => message.kind === "status")!;
  }

  /** Waits until nothing waits on disk any more. */
  async drained(): Promise<void> {
    await until("everything to be executed", async () => (await this.status()).waiting === 0, 60_000);
  }
}
