import { Settling } from "../dependencies/settling.ts";
import type { FailedAttempt } from "../operations/attempt-result.ts";
import { type BatchAttemptResult, executeBatchAttempt } from "../operations/execute-batch-attempt.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import { type AttemptedRows, RunUnderWay } from "./attempted-rows.ts";
import { isOwnFault, leavesEffectUnknown } from "./failed-attempts.ts";
import type { ClaimedRow, Run } from "./journal.ts";

/** One row of a batch. Wherever items are listed, those of one run are its next rows, in their order. */
interface Item {
  readonly under: RunUnderWay;
  readonly row: ClaimedRow;
}

/**
 * Executes runs of several lanes, all of one definition, in one transaction (`executeBatch`). What becomes of each row
 * is what would have become of it alone:
 *
 * - An operation's own error halves the batch, the left half first, until that operation is alone: it then fails
 *   through `execute`, and its lane is parked or goes on as ever. All others are executed.
 * - A failure that may pass, or of which nothing is known, is the batch's: the first of each lane has had a failed
 *   attempt, the others of that lane have not.
 */
export class BatchExecutor {
  readonly #rows: AttemptedRows;

  constructor(rows: AttemptedRows) {
    this.#rows = rows;
  }

  /** As `RunExecutor.execute`, for all of these runs under one permit. */
  async execute(runs: readonly Run[], operation: RegisteredOperation): Promise<void> {
    const { logger, abandoned } = this.#rows.ports;
    const underWay = runs.map((run) => new RunUnderWay(run));
    const batch = new Batch(this.#rows, operation);
    try {
      await batch.execute(underWay.flatMap((under) => under.run.rows.map((row) => ({ under, row }))));
    } catch (error) {
      logger.error(
        { error: error instanceof Error ? error.name : "unknown" },
        "a batch ended by a fault of its own; its rows wait again",
      );
    }
    for (const under of underWay) void this.#rows.finish(under);
    if (!batch.handler.isSettled) await abandoned.untilSettled(batch.handler, operation);
  }
}

/** Of the runs, which carry their heads' priorities. */
const mostUrgent = (items: readonly Item[]): number =>
  Math.min(...items.map(({ under }) => under.run.rows[0]!.priority));

class Batch {
  /** Of the last attempt: those before it have settled, or the batch would have been given up. */
  handler = new Settling();
  readonly #rows: AttemptedRows;
  readonly #operation: RegisteredOperation;
  #begun = false;

  constructor(rows: AttemptedRows, operation: RegisteredOperation) {
    this.#rows = rows;
    this.#operation = operation;
    this.handler.settle();
  }

  async execute(all: readonly Item[]): Promise<void> {
    const items = this.#begun ? all.filter(({ under }) => !under.stopped) : all;
    if (items.length === 0) return;
    if (this.#begun && !this.#rows.mayContinue(this.#operation, mostUrgent(items))) return;
    this.#begun = true;
    for (const { row } of items) this.#rows.ports.waiters.markRunning(row.sequence);
    this.handler = new Settling();
    if (items.length === 1) return this.#rows.attempt(items[0]!.under, this.#operation, this.handler);
    const result = await this.#attempt(items);
    if (result.kind === "completed")
      for (const [index, { under }] of items.entries())
        this.#rows.complete(under, this.#operation, result.results[index]!);
    else if (result.kind === "set_aside") await this.#setAside(items, new Set(result.indexes));
    else if (isOwnFault(result) && !this.#rows.ports.attempts.stopping) {
      const middle = Math.ceil(items.length / 2);
      await this.execute(items.slice(0, middle));
      await this.execute(items.slice(middle));
    } else await this.#giveUp(items, result);
  }

  #attempt(items: readonly Item[]): Promise<BatchAttemptResult> {
    const { wheel, attempts, versionOf } = this.#rows.ports;
    const { handler } = this;
    return executeBatchAttempt({
      operation: this.#operation,
      items: items.map(({ row }) => ({
        operationId: row.operationId,
        principal: row.principal,
        inputText: row.input,
        inputVersion: versionOf(row.definition),
        attemptNumber: row.attempts + 1,
        receipt: this.#rows.receiptKey(row),
        keepResult: row.keyed,
        neverBegun: row.attempts === 0 && row.interruptions === 0 && row.incarnation === 0,
      })),
      timeoutMs: this.#rows.timeoutMs(this.#operation),
      wheel,
      attempts,
      onSettled: () => handler.settle(),
    });
  }

  /** Those that nothing stands before go on together; the others of their lanes follow one by one, in order. */
  async #setAside(items: readonly Item[], indexes: ReadonlySet<number>): Promise<void> {
    const aside = new Set<RunUnderWay>();
    const together: Item[] = [];
    const alone: Item[] = [];
    for (const [index, item] of items.entries()) {
      if (indexes.has(index)) aside.add(item.under);
      (aside.has(item.under) ? alone : together).push(item);
    }
    await this.execute(together);
    for (const item of alone) await this.execute([item]);
  }

  async #giveUp(items: readonly Item[], failure: FailedAttempt): Promise<void> {
    const byRun = Map.groupBy(items, ({ under }) => under);
    await Promise.all([...byRun].map(([under, ofRun]) => this.#giveUpRun(under, ofRun.slice(1), failure)));
  }

  /** The first has failed; its lane mates wait again, and are fenced before anything final where they may have had their effect. */
  async #giveUpRun(under: RunUnderWay, mates: readonly Item[], failure: FailedAttempt): Promise<void> {
    const { waiters, acknowledgements, journal } = this.#rows.ports;
    await this.#rows.dispose(under, this.#operation, failure);
    under.stopped = true;
    for (const { row } of mates) waiters.markRetrying(row.sequence);
    if (!leavesEffectUnknown(this.#operation, failure)) return;
    under.disposed += mates.length;
    await Promise.all(
      mates.map(({ row: { sequence } }) =>
        acknowledgements.write(() => journal.giveBack({ sequence, token: under.run.token, interrupted: true })),
      ),
    );
  }
}
