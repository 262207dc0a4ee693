import type { Connection } from "../connection.ts";
import { operationState } from "../operation-state.ts";
import { promoteHead } from "../statements/promote-head.ts";
import { raisePriority } from "../statements/raise-priority.ts";
import type { LaneRows } from "./lane-rows.ts";
import type { PoolCounter } from "./pool-counter.ts";
import type { Runs } from "./runs.ts";

/** Lanes whose carried priority is remembered. Saves a look-up for hot lanes; memory does not grow with the lanes. */
const REMEMBERED_LANES = 8_192;

/**
 * The order within lanes. A lane's first row is its head, and only the head may be anything but blocked (or running,
 * behind the head, in its run). A lane carries the most urgent priority accepted since it was last empty: its last
 * row always holds it, its waiting head is raised to it, and whoever leaves hands it on. So whatever is admitted
 * admits what stands before it, without a table of lanes.
 */
export class Lanes {
  readonly #connection: Connection;
  readonly #counter: PoolCounter;
  readonly #runs: Runs;
  readonly #rows: LaneRows;
  /** Lanes known to have rows, with what they carry. Forgotten when a batch rolls back. */
  readonly #carried = new Map<number, number>();
  /** Lanes whose head has gone in this batch, with the priority it left, and a number before which they have no row. */
  readonly #unsettled = new Map<number, { readonly priority: number; readonly from: number }>();

  constructor(connection: Connection, counter: PoolCounter, runs: Runs, rows: LaneRows) {
    this.#connection = connection;
    this.#counter = counter;
    this.#runs = runs;
    this.#rows = rows;
  }

  /**
   * A row with this number and priority goes to the lane's end. Answers the priority it must hold there when it has to
   * wait behind others, and undefined when the lane was empty. `flush` writes the rows that are still to be inserted.
   */
  enter(lane: number, sequence: number, priority: number, flush: () => void): number | undefined {
    const carried = this.#enter(lane, priority, flush);
    this.#rows.add(lane, sequence);
    return carried;
  }

  #enter(lane: number, priority: number, flush: () => void): number | undefined {
    const run = this.#runs.ofLane(lane);
    if (run !== undefined) {
      this.#runs.setMore(run);
      this.#runs.raise(run, priority);
      this.#carried.set(lane, run.carry);
      return run.carry;
    }
    const carried = this.#carried.get(lane) ?? this.#rows.tail(lane)?.[1];
    if (carried === undefined) {
      this.#carried.set(lane, priority);
      return undefined;
    }
    if (priority >= carried) {
      this.#carried.set(lane, carried);
      return carried;
    }
    flush();
    const head = this.#rows.head(lane);
    if (head !== undefined) this.#connection.run(raisePriority, [priority, head[0], priority]);
    this.#carried.set(lane, priority);
    return priority;
  }

  /** The lane's head or run, which began with this number, has gone and left this priority: `settle` will look who is next. */
  unsettle(lane: number, first: number, priority: number): void {
    const before = this.#unsettled.get(lane);
    this.#unsettled.set(
      lane,
      before === undefined
        ? { from: first, priority }
        : { from: Math.min(first, before.from), priority: Math.min(priority, before.priority) },
    );
  }

  /** The lane is known to have no row left. */
  emptied(lane: number): void {
    this.#carried.delete(lane);
  }

  /** A row leaves the lane without having run: what it carries goes to the row before it, or to the next head. */
  left(lane: number, sequence: number, priority: number): void {
    const predecessor = this.#rows.tail(lane, sequence);
    if (predecessor === undefined) this.unsettle(lane, sequence, priority);
    else this.#connection.run(raisePriority, [priority, predecessor[0], priority]);
  }

  /** In every unsettled lane that has no run under way, a blocked head becomes ready. */
  settle(): void {
    for (const [lane, { priority, from }] of this.#unsettled) {
      if (this.#runs.ofLane(lane) !== undefined) continue;
      const head = this.#rows.head(lane, from);
      if (head === undefined) this.#carried.delete(lane);
      else if (head[1] === operationState.blocked) {
        this.#connection.run(promoteHead, [priority, head[0]]);
        this.#counter.move(head[2], operationState.blocked, operationState.ready);
      }
    }
    this.#unsettled.clear();
  }

  commit(): void {
    for (const lane of this.#carried.keys()) {
      if (this.#carried.size <= REMEMBERED_LANES) break;
      this.#carried.delete(lane);
    }
  }

  rollback(): void {
    this.#carried.clear();
    this.#unsettled.clear();
  }
}
