import { segmentOf } from "../lane-segment.ts";

/** Lanes share a slot by their hash: 1M lanes fill two slots of three. 10 MB, whatever the backlog. */
const SLOTS = 2 ** 20;
/** A count that has reached it stays there. */
const MANY = 65_535;
const CHANGE_WIDTH = 4;

/**
 * What the writer knows of a lane without asking the disk: that it has no row, that it has one at most, and between
 * which segments its rows are. Lanes that share a slot blur that, always to the safe side: a hint only ever saves a
 * look. Fixed in size; made anew from the lane index when the journal is opened.
 */
export class LaneHints {
  readonly #rows = new Uint16Array(SLOTS);
  readonly #oldest = new Uint32Array(SLOTS);
  readonly #newest = new Uint32Array(SLOTS);
  /** Slots as they were before this batch changed them: slot, rows, oldest, newest. */
  readonly #before: number[] = [];

  add(lane: number, sequence: number): void {
    this.restore(lane, segmentOf(sequence), 1);
  }

  restore(lane: number, segment: number, rows: number): void {
    const slot = this.#slotOf(lane);
    const before = this.#note(slot);
    this.#rows[slot] = Math.min(MANY, before + rows);
    if (before === 0 || segment < (this.#oldest[slot] as number)) this.#oldest[slot] = segment;
    if (before === 0 || segment > (this.#newest[slot] as number)) this.#newest[slot] = segment;
  }

  remove(lane: number): void {
    const slot = this.#slotOf(lane);
    const before = this.#note(slot);
    if (before !== MANY) this.#rows[slot] = before - 1;
  }

  /** At most: rows of other lanes may be among them. */
  rowsOf(lane: number): number {
    return this.#rows[this.#slotOf(lane)] as number;
  }

  /** No row of the lane is in an earlier segment … */
  oldestSegment(lane: number): number {
    return this.#oldest[this.#slotOf(lane)] as number;
  }

  /** … or in a later one. */
  newestSegment(lane: number): number {
    return this.#newest[this.#slotOf(lane)] as number;
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

  #slotOf(lane: number): number {
    return lane & (SLOTS - 1);
  }

  #note(slot: number): number {
    const rows = this.#rows[slot] as number;
    this.#before.push(slot, rows, this.#oldest[slot] as number, this.#newest[slot] as number);
    return rows;
  }
}
