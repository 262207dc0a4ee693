import type { Connection } from "../connection.ts";
import { operationState, operationStateNames, type OperationState } from "../operation-state.ts";
import type { CountsReply } from "../protocol.ts";
import { savePool } from "../statements/save-pool.ts";

/** Highest state plus one; the number 6 is not used. */
const PLACES = 8;

interface PoolCount {
  readonly states: Int32Array;
  readonly before: Int32Array;
  bytes: number;
  bytesBefore: number;
  touched: boolean;
}

/** How many rows of each pool are in which state. Written in the same commit, so that opening needs no scan. */
export class PoolCounter {
  readonly #pools = new Map<number, PoolCount>();
  readonly #touched: [pool: number, count: PoolCount][] = [];
  #bytes = 0;

  restore(pool: number, states: readonly number[], bytes: number): void {
    const count: PoolCount = {
      states: new Int32Array(PLACES),
      before: new Int32Array(PLACES),
      bytes,
      bytesBefore: bytes,
      touched: false,
    };
    for (const [index, name] of operationStateNames.entries()) count.states[operationState[name]] = states[index] ?? 0;
    this.#bytes += bytes;
    this.#pools.set(pool, count);
  }

  enter(pool: number, state: OperationState, bytes: number): void {
    const count = this.#touch(pool);
    count.states[state] = (count.states[state] as number) + 1;
    count.bytes += bytes;
    this.#bytes += bytes;
  }

  leave(pool: number, state: OperationState, bytes: number): void {
    const count = this.#touch(pool);
    count.states[state] = (count.states[state] as number) - 1;
    count.bytes -= bytes;
    this.#bytes -= bytes;
  }

  move(pool: number, from: OperationState, to: OperationState): void {
    const { states } = this.#touch(pool);
    states[from] = (states[from] as number) - 1;
    states[to] = (states[to] as number) + 1;
  }

  get total(): number {
    let rows = 0;
    for (const { states } of this.#pools.values()) for (const number of states) rows += number;
    return rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Writes the pools that this batch has touched; true when there were any. */
  save(connection: Connection): boolean {
    for (const [pool, { states, bytes }] of this.#touched)
      connection.run(savePool, [
        ...operationStateNames.map((name) => states[operationState[name]] as number),
        bytes,
        pool,
      ]);
    return this.#touched.length > 0;
  }

  commit(): void {
    for (const [, count] of this.#touched) count.touched = false;
    this.#touched.length = 0;
  }

  rollback(): void {
    for (const [, count] of this.#touched) {
      this.#bytes += count.bytesBefore - count.bytes;
      count.states.set(count.before);
      count.bytes = count.bytesBefore;
    }
    this.commit();
  }

  /** Pools given, or all of them. */
  report(): CountsReply {
    const pools: number[] = [];
    for (const [pool, { states }] of this.#pools)
      pools.push(pool, ...operationStateNames.map((name) => states[operationState[name]] as number));
    return { pools, bytes: this.#bytes };
  }

  #touch(pool: number): PoolCount {
    const count = this.#pools.get(pool);
    if (count === undefined) throw new RangeError(`there is no pool ${pool}`);
    if (!count.touched) {
      count.touched = true;
      count.before.set(count.states);
      count.bytesBefore = count.bytes;
      this.#touched.push([pool, count]);
    }
    return count;
  }
}
