import { segmentOf } from "../lane-segment.ts";

/** Slots of each table. 20 MB in all, whatever the backlog; made for up to about two million lanes in use at once. */
const SLOTS = 2 ** 20;
/** A count that has reached it stays there. */
const MANY = 65_535;
const CHANGE_WIDTH = 4;
/** Murmur3's: makes the second place of a lane independent of the first. */
const MIXER = 0x85ebca6b;

/** What is known of a lane's rows: how many there are at most, and between which segments. */
export interface LaneHint {
  rows: number;
  oldest: number;
  newest: number;
}

/**
 * What the writer knows of a lane without asking the disk: that it has no row, that it has one at most, and between
 * which segments its rows are. Each lane has a slot in two tables and shares each with other lanes, so both know too
 * much; but its rows are where both say. A hint only ever saves a look: it errs to the side of one row more, and of
 * one segment more. Fixed in size; made anew from the lane index when the journal is opened.
 */
export class LaneHints {
  readonly #rows = new Uint16Array(2 * SLOTS);
  readonly #oldest = new Uint32Array(2 * SLOTS);
  readonly #newest = new Uint32Array(2 * SLOTS);
  /** Slots as they were before this batch changed them: slot, rows, oldest, newest. */
  readonly #before: number[] = [];
  readonly #hint: LaneHint = { rows: 0, oldest: 0, newest: 0 };

  add(lane: number, sequence: number): void {
    this.restore(lane, segmentOf(sequence), 1);
  }

  restore(lane: number, segment: number, rows: number): void {
    this.#widen(firstSlot(lane), segment, rows);
    this.#widen(secondSlot(lane), segment, rows);
  }

  remove(lane: number): void {
    this.#decrease(firstSlot(lane));
    this.#decrease(secondSlot(lane));
  }

  /** Valid until the next call. */
  of(lane: number): Readonly<LaneHint> {
    const hint = this.#hint;
    const first = firstSlot(lane);
    const second = secondSlot(lane);
    hint.oldest = Math.max(this.#oldest[first] as number, this.#oldest[second] as number);
    hint.newest = Math.min(this.#newest[first] as number, this.#newest[second] as number);
    hint.rows = hint.oldest > hint.newest ? 0 : Math.min(this.#rows[first] as number, this.#rows[second] as number);
    return hint;
  }

  commit(): void {
    this.#before.length = 0;
  }

  rollback(): void {
    const before = this.#before;
    for (let from = before.length - CHANGE_WIDTH; from >= 0; from -= CHANGE_WIDTH) {
      const slot = before[from] as number;
      this.#rows[slot] = before[from + 1] as number;
      this.#oldest[slot] = before[from + 2] as number;
      this.#newest[slot] = before[from + 3] as number;
    }
    this.commit();
  }

  #widen(slot: number, segment: number, rows: number): void {
    const before = this.#note(slot);
    this.#rows[slot] = Math.min(MANY, before + rows);
    if (before === 0 || segment < (this.#oldest[slot] as number)) this.#oldest[slot] = segment;
    if (before === 0 || segment > (this.#newest[slot] as number)) this.#newest[slot] = segment;
  }

  #decrease(slot: number): void {
    const before = this.#note(slot);
    if (before !== MANY) this.#rows[slot] = before - 1;
  }

  #note(slot: number): number {
    const rows = this.#rows[slot] as number;
    this.#before.push(slot, rows, this.#oldest[slot] as number, this.#newest[slot] as number);
    return rows;
  }
}

/** A lane is a hash already. */
const firstSlot = (lane: number): number => lane & (SLOTS - 1);

function secondSlot(lane: number): number {
  const mixed = Math.imul((lane ^ (lane / 2 ** 32)) >>> 0, MIXER);
  return SLOTS + ((mixed ^ (mixed >>> 13)) & (SLOTS - 1));
}
