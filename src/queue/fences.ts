import type { ManagedDependency } from "../dependencies/managed-dependency.ts";
import { DependencyError } from "../errors.ts";
import { receiptOperationId } from "../operations/operation-id.ts";
import type { Waiters } from "../operations/waiters.ts";
import type { Logger } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { ClosingRow, Journal } from "./journal.ts";
import type { EndedEvent } from "./ended-event.ts";

export interface FencePorts {
  readonly journal: Journal;
  readonly waiters: Waiters;
  readonly wheel: TimerWheel;
  readonly logger: Logger;
  readonly receiptedOf: (poolId: number) => ManagedDependency | undefined;
  /** Whether the lane goes on past a dead letter of this definition. */
  readonly skips: (definitionId: number) => boolean;
  readonly timeoutMs: number;
  readonly nameOf: (definitionId: number) => string;
  /** An end, or a dead letter, that a fence has decided. */
  readonly onEnded: (event: EndedEvent) => void;
}

const PAGE_ROWS = 64;
const PAUSE_MS = 500;

/**
 * Makes unknown outcomes known. A row in state `closing` may have had its effect or not; before it becomes what it
 * is to become (dead, expired, cancelled) a fence is written in the dependency: afterwards this incarnation can have
 * no effect any more, or the fence has found that it had one, and the operation is completed. The lane waits.
 * While the dependency is down, nothing is tried.
 */
export class Fences {
  readonly #ports: FencePorts;
  #running = false;
  #again = false;
  #stopped = false;

  constructor(ports: FencePorts) {
    this.#ports = ports;
  }

  /** There is, or may be, something to close. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    let left = false;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      left = false;
      try {
        for (let after = 0; ; ) {
          const page = await this.#ports.journal.closings(after, PAGE_ROWS);
          if (page.length === 0 || this.#stopped) break;
          const closed = await Promise.all(page.map((row) => this.#close(row)));
          left ||= closed.includes(false);
          after = page.at(-1)!.sequence;
        }
      } catch {
        left = true;
      }
    }
    this.#running = false;
    if (left && !this.#stopped) this.#ports.wheel.add(PAUSE_MS, () => this.wake());
  }

  /** False when it could not be closed now. */
  async #close(row: ClosingRow): Promise<boolean> {
    const { journal, receiptedOf, waiters, timeoutMs, logger } = this.#ports;
    const dependency = receiptedOf(row.pool);
    const receipts = dependency?.connection.receipts;
    const skip = this.#ports.skips(row.definition);
    if (dependency === undefined || receipts === undefined) {
      await journal.closed({ sequence: row.sequence, found: "fenced", skip });
      this.#fenced(row);
      return true;
    }
    if (!dependency.closed) return false;
    const { generation } = dependency;
    try {
      const key = {
        operationId: receiptOperationId(journal.opened.journalId, row.operationId),
        incarnation: row.incarnation,
      };
      const fence = await receipts.fence(key, timeoutMs);
      if (fence.state === "fenced") {
        await journal.closed({ sequence: row.sequence, found: "fenced", skip });
        this.#fenced(row);
      } else {
        await journal.closed({
          sequence: row.sequence,
          found: "applied",
          ...(fence.result === undefined ? {} : { result: fence.result }),
        });
        waiters.settle(row.sequence, {
          outcome: "completed",
          resultText: fence.result,
          valueOmitted: fence.result === undefined,
        });
        this.#ended(row, "completed", true);
      }
      return true;
    } catch (error) {
      if (error instanceof DependencyError) dependency.failed(generation, error);
      logger.warn(
        { operationId: row.operationId, code: error instanceof DependencyError ? error.code : "internal" },
        "a fence could not be written; the lane waits and it is tried again",
      );
      return false;
    }
  }

  /** It had no effect and will have none: it is what it was to become. */
  #fenced(row: ClosingRow): void {
    const { waiters, logger, nameOf } = this.#ports;
    if (row.becomes === "cancelled" || row.becomes === "expired")
      return waiters.settle(row.sequence, { outcome: row.becomes });
    logger.warn(
      { operation: nameOf(row.definition), operationId: row.operationId, because: row.becomes },
      "an operation became a dead letter; a person must retry or discard it",
    );
    this.#ended(row, "dead", false);
  }

  #ended(row: ClosingRow, outcome: "completed" | "dead", replayed: boolean): void {
    this.#ports.onEnded({
      operationId: row.operationId,
      name: this.#ports.nameOf(row.definition),
      outcome,
      replayed,
      ...(row.becomes === "interrupted" ? { errorCode: "interrupted" } : {}),
    });
  }
}
