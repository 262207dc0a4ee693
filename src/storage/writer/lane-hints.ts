import { segmentOf } from "../lane-segment.ts";

/** Slots of each of the two tables that count, a byte each: of a million lanes, 4 % share both their slots. */
const COUNTS = 2 ** 22;
/** Slots of each of the two tables that say where rows are, ten bytes each. 18 MB in all, whatever the backlog. */
const RANGES = 2 ** 19;
/** Counts that have reached it stay there. */
const MANY_IN_COUNT = 255;
const MANY_IN_RANGE = 65_535;
const COUNT_CHANGE_WIDTH = 2;
const RANGE_CHANGE_WIDTH = 4;
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
 * which segments its rows are. Each lane has two slots of either kind and shares them with other lanes, so each says
 * too much; but a lane has no more rows than any of them says, and has them where both say. A hint only ever saves a
 * look: it errs to the side of one row more, and of one segment more. Fixed in size; made anew from the lane index
 * when the journal is opened.
 */
export class LaneHints {
  readonly #counts = new Uint8Array(2 * COUNTS);
  readonly #rows = new Uint16Array(2 * RANGES);
  readonly #oldest = new Uint32Array(2 * RANGES);
  readonly #newest = new Uint32Array(2 * RANGES);
  /** What this batch has changed, as it was before: slot and count … */
  readonly #countsBefore: number[] = [];
  /** … and slot, rows, oldest, newest. */
  readonly #rangesBefore: number[] = [];
  readonly #hint: LaneHint = { rows: 0, oldest: 0, newest: 0 };

  add(lane: number, sequence: number): void {
    this.restore(lane, segmentOf(sequence), 1);
  }

  restore(lane: number, segment: number, rows: number): void {
    const second = mixed(lane);
    this.#increase(place(lane, COUNTS), rows);
    this.#increase(COUNTS + place(second, COUNTS), rows);
    this.#widen(place(lane, RANGES), segment, rows);
    this.#widen(RANGES + place(second, RANGES), segment, rows);
  }

  remove(lane: number): void {
    const second = mixed(lane);
    this.#decrease(place(lane, COUNTS));
    this.#decrease(COUNTS + place(second, COUNTS));
    this.#leaveRange(place(lane, RANGES));
    this.#leaveRange(RANGES + place(second, RANGES));
  }

  /** Valid until the next call. */
  of(lane: number): Readonly<LaneHint> {
    const hint = this.#hint;
    const second = mixed(lane);
    const counted = Math.min(
      this.#counts[place(lane, COUNTS)] as number,
      this.#counts[COUNTS + place(second, COUNTS)] as number,
    );
    const here = place(lane, RANGES);
    const there = RANGES + place(second, RANGES);
    hint.oldest = Math.max(this.#oldest[here] as number, this.#oldest[there] as number);
    hint.newest = Math.min(this.#newest[here] as number, this.#newest[there] as number);
    const found = Math.min(this.#rows[here] as number, this.#rows[there] as number);
    if (hint.oldest > hint.newest) hint.rows = 0;
    else hint.rows = counted === MANY_IN_COUNT ? found : Math.min(counted, found);
    return hint;
  }

  commit(): void {
    this.#countsBefore.length = 0;
    this.#rangesBefore.length = 0;
  }

  rollback(): void {
    const [counts, ranges] = [this.#countsBefore, this.#rangesBefore];
    for (let from = counts.length - COUNT_CHANGE_WIDTH; from >= 0; from -= COUNT_CHANGE_WIDTH)
      this.#counts[counts[from] as number] = counts[from + 1] as number;
    for (let from = ranges.length - RANGE_CHANGE_WIDTH; from >= 0; from -= RANGE_CHANGE_WIDTH) {
      const slot = ranges[from] as number;
      this.#rows[slot] = ranges[from + 1] as number;
      this.#oldest[slot] = ranges[from + 2] as number;
      this.#newest[slot] = ranges[from + 3] as number;
    }
    this.commit();
  }

  #increase(slot: number, rows: number): void {
    const before = this.#counts[slot] as number;
    this.#countsBefore.push(slot, before);
    this.#counts[slot] = Math.min(MANY_IN_COUNT, before + rows);
  }

  #decrease(slot: number): void {
    const before = this.#counts[slot] as number;
    this.#countsBefore.push(slot, before);
    if (before !== MANY_IN_COUNT) this.#counts[slot] = before - 1;
  }

  #widen(slot: number, segment: number, rows: number): void {
    const before = this.#noteRange(slot);
    this.#rows[slot] = Math.min(MANY_IN_RANGE, before + rows);
    if (before === 0 || segment < (this.#oldest[slot] as number)) this.#oldest[slot] = segment;
    if (before === 0 || segment > (this.#newest[slot] as number)) this.#newest[slot] = segment;
  }

  #leaveRange(slot: number): void {
    const before = this.#noteRange(slot);
    if (before !== MANY_IN_RANGE) this.#rows[slot] = before - 1;
  }

  #noteRange(slot: number): number {
    const rows = this.#rows[slot] as number;
    this.#rangesBefore.push(slot, rows, this.#oldest[slot] as number, this.#newest[slot] as number);
    return rows;
  }
}

/** A lane is a hash already: its lower bits are as good as any. */
const place = (hash: number, slots: number): number => hash & (slots - 1);

function mixed(lane: number): number {
  const product = Math.imul((lane ^ (lane / 2 ** 32)) >>> 0, MIXER);
  return product ^ (product >>> 13);
}
