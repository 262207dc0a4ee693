import type { RowFacts } from "./rows.ts";
import type { UndoLog } from "./undo-log.ts";

/** What is executed as one unit, and owned by one token. */
export interface Run {
  readonly token: number;
  readonly lane: number | null;
  readonly rows: readonly RowFacts[];
  /** When it was claimed; null when it was begun with its acceptance. */
  readonly claimedAt: number | null;
  /** The number of its head. */
  readonly first: number;
  /** Rows that have not left it yet. */
  remaining: number;
  /** The priority that its lane carries; handed to the next head. */
  carry: number;
  /** False when it is known that nothing stands behind it in its lane. */
  more: boolean;
}

export interface RunningRow {
  readonly facts: RowFacts;
  readonly run: Run;
}

/**
 * The runs under way: as many as there are permits. They are the only owners of running rows, so acknowledgements
 * are checked here and not on the disk; a process that starts has none, and returns what its predecessor left.
 */
export class Runs {
  readonly #undo: UndoLog;
  readonly #rows = new Map<number, RunningRow>();
  readonly #runs = new Map<number, Run>();
  readonly #lanes = new Map<number, Run>();
  #lastToken = 0;

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  begin(lane: number | null, rows: readonly RowFacts[], carry: number, more: boolean, claimedAt: number | null): Run {
    this.#lastToken += 1;
    const first = rows[0]?.sequence ?? 0;
    const run: Run = { token: this.#lastToken, lane, rows, claimedAt, first, remaining: rows.length, carry, more };
    this.#undo.set(this.#runs, run.token, run);
    if (lane !== null) this.#undo.set(this.#lanes, lane, run);
    for (const facts of rows) this.#undo.set(this.#rows, facts.sequence, { facts, run });
    return run;
  }

  /** A run that a thread before this one has begun. What stands behind it, and before it, is not known. */
  restore(
    token: number,
    lane: number | null,
    rows: readonly RowFacts[],
    carry: number,
    claimedAt: number | null,
  ): void {
    this.#lastToken = token - 1;
    this.begin(lane, rows, carry, true, claimedAt);
  }

  /** The next token is higher than this one. */
  goOnAfter(token: number): void {
    this.#lastToken = token;
  }

  /** The row, when it is running and the token is its run's. */
  find(sequence: number, token: number): RunningRow | undefined {
    const row = this.#rows.get(sequence);
    return row?.run.token === token ? row : undefined;
  }

  ofLane(lane: number): Run | undefined {
    return this.#lanes.get(lane);
  }

  /** Its rows that are still running. */
  rest(token: number): RunningRow[] {
    const run = this.#runs.get(token);
    return run === undefined ? [] : run.rows.flatMap(({ sequence }) => this.find(sequence, token) ?? []);
  }

  /** One row is no longer running; true when it was the last of its run. */
  leave({ facts, run }: RunningRow): boolean {
    this.#undo.delete(this.#rows, facts.sequence);
    this.#undo.push(() => {
      run.remaining += 1;
    });
    run.remaining -= 1;
    if (run.remaining > 0) return false;
    this.#undo.delete(this.#runs, run.token);
    if (run.lane !== null) this.#undo.delete(this.#lanes, run.lane);
    return true;
  }

  setMore(run: Run): void {
    if (run.more) return;
    this.#undo.push(() => {
      run.more = false;
    });
    run.more = true;
  }

  raise(run: Run, priority: number): void {
    const before = run.carry;
    if (priority >= before) return;
    this.#undo.push(() => {
      run.carry = before;
    });
    run.carry = priority;
  }
}
