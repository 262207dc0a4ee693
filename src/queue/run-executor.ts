import { Settling } from "../dependencies/settling.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import { type AttemptedRows, RunUnderWay } from "./attempted-rows.ts";
import type { Run } from "./journal.ts";

export interface RunOptions {
  /** The first row's input, where the caller has just parsed it. */
  readonly parsed?: { readonly value: unknown };
  readonly untilOnDisk?: boolean;
}

/** Executes a run: its rows one after the other, in order. */
export class RunExecutor {
  readonly #rows: AttemptedRows;

  constructor(rows: AttemptedRows) {
    this.#rows = rows;
  }

  /**
   * Resolves when the run holds its permits no longer: its rows are dealt with and its handler has settled or has
   * been given up. Never rejects. With `untilOnDisk`, its ends have been committed as well.
   */
  async execute(
    run: Run,
    operation: RegisteredOperation,
    { parsed, untilOnDisk = false }: RunOptions = {},
  ): Promise<void> {
    const { waiters, logger, abandoned } = this.#rows.ports;
    const under = new RunUnderWay(run);
    let handler = new Settling();
    handler.settle();
    try {
      for (let row = under.next; row !== undefined && !under.stopped; row = under.next) {
        const isFirst = under.disposed === 0;
        if (!isFirst && !this.#rows.mayContinue(operation, run.rows[0]!.priority)) break;
        if (parsed === undefined) waiters.markRunning(row.sequence);
        handler = new Settling();
        await this.#rows.attempt(under, operation, handler, isFirst ? parsed : undefined);
      }
    } catch (error) {
      logger.error(
        { error: error instanceof Error ? error.name : "unknown" },
        "a run ended by a fault of its own; its rows wait again",
      );
    }
    const written = this.#rows.finish(under);
    if (untilOnDisk) await written;
    if (!handler.isSettled) await abandoned.untilSettled(handler, operation);
  }
}
