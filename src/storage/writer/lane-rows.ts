import type { Connection } from "../connection.ts";
import { segmentOf } from "../lane-segment.ts";
import type { ClaimableRow } from "../statements/claim-columns.ts";
import { findLaneHead, findLaterLaneHead, type LaneHead } from "../statements/find-lane-head.ts";
import { findEarlierLaneTail, findFirstOperation, findLaneTail, type LaneTail } from "../statements/find-lane-tail.ts";
import { selectFollowers, selectLaterFollowers } from "../statements/select-followers.ts";
import { selectLanes } from "../statements/select-lanes.ts";
import { LaneHints } from "./lane-hints.ts";

/** So many segments are passed without asking where the oldest row of all is. */
const WORTH_ASKING = 4;

/**
 * The rows of a lane as they stand on the disk. The lane index is made of segments, so a look begins in the segment
 * where the row is most likely, and goes on through the others between the lane's hints.
 */
export class LaneRows {
  readonly #connection: Connection;
  readonly #hints = new LaneHints();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Reads the lane index once. Nothing of it is ever taken back, so what could be is not gathered. */
  open(): void {
    for (const [segment, lane, rows] of this.#connection.each<[number, number, number]>(selectLanes)) {
      this.#hints.restore(lane, segment, rows);
      this.#hints.commit();
    }
  }

  /** A row of this lane is inserted in this batch, now or with the batch's other rows. */
  add(lane: number, sequence: number): void {
    this.#hints.add(lane, sequence);
  }

  /** A row has left the lane. */
  remove(lane: number): void {
    this.#hints.remove(lane);
  }

  /** The lane's first row; `from` is a number before which it has none. */
  head(lane: number, from = 0): LaneHead | undefined {
    const { rows, oldest, newest: last } = this.#hints.of(lane);
    if (rows === 0) return undefined;
    const first = Math.max(segmentOf(from), from === 0 ? this.#notBefore(oldest, last) : oldest);
    const head = this.#connection.get<LaneHead>(findLaneHead, [first, lane, from]);
    if (head !== undefined || first >= last) return head;
    return this.#connection.get<LaneHead>(findLaterLaneHead, [first + 1, last, lane]);
  }

  /** The lane's last row before a number. */
  tail(lane: number, before = Number.MAX_SAFE_INTEGER): LaneTail | undefined {
    const { rows, oldest, newest } = this.#hints.of(lane);
    if (rows === 0) return undefined;
    const last = Math.min(segmentOf(before), newest);
    const tail = this.#connection.get<LaneTail>(findLaneTail, [last, lane, before]);
    if (tail !== undefined) return tail;
    if (oldest >= last) return undefined;
    const first = this.#notBefore(oldest, last);
    if (first >= last) return undefined;
    return this.#connection.get<LaneTail>(findEarlierLaneTail, [last - 1, first, lane]);
  }

  /** What stands behind a row of the lane, in order. */
  behind(lane: number, sequence: number, limit: number): ClaimableRow[] {
    const { rows: known, newest: last } = this.#hints.of(lane);
    if (known <= 1) return [];
    const first = segmentOf(sequence);
    const rows = this.#connection.all<ClaimableRow>(selectFollowers, [first, lane, sequence, limit]);
    if (rows.length === limit || first >= last) return rows;
    const values = [first + 1, last, lane, limit - rows.length];
    for (const row of this.#connection.all<ClaimableRow>(selectLaterFollowers, values)) rows.push(row);
    return rows;
  }

  commit(): void {
    this.#hints.commit();
  }

  rollback(): void {
    this.#hints.rollback();
  }

  /** The oldest segment worth looking into. Hints grow old, and the oldest row of all is one seek away. */
  #notBefore(oldest: number, last: number): number {
    if (last - oldest <= WORTH_ASKING) return oldest;
    const first = this.#connection.get<[number | null]>(findFirstOperation, [])?.[0] ?? 0;
    return Math.max(oldest, segmentOf(first));
  }
}
