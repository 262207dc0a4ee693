import type { FeedPlace } from "../storage/reads/transition-places.ts";

/** One entry of a feed. `id` names it to whoever reconnects. */
export interface FeedEntry<Change> {
  readonly id: string;
  readonly change: Change;
}

/** What a reader gets: entries in order, or that some are gone, because he was away or read too slowly. */
export type FeedItem<Change> = FeedEntry<Change> | { readonly id: string; readonly missed: number };

export interface FeedBounds {
  /** How many entries are kept for those who reconnect, and for one that reads slowly. */
  readonly entries: number;
  readonly readers: number;
}

/** What was told and is no longer kept, where it is stored. */
export interface FeedStore<Change> {
  /** Entries after a place, also of later processes, oldest first, as far as they are on disk. */
  after(place: FeedPlace, limit: number): Promise<readonly { readonly place: FeedPlace; readonly change: Change }[]>;
  /** How many lie between two places. */
  count(after: FeedPlace, before: FeedPlace): Promise<number>;
}

const STORED_PAGE = 200;
/** Whoever is further behind is told how far, and goes on with what is kept. */
const MOST_STORED = 10_000;

/**
 * What happens, for many readers, none of whom can hold up whoever tells it: each has a place in one ring of the last
 * entries. Whoever comes back from before the ring, or from another process, gets the rest from the store; what is not
 * there either, or is too much, is told as a number.
 */
export class ChangeFeed<Change> {
  readonly #process: number;
  readonly #bounds: FeedBounds;
  readonly #store: FeedStore<Change> | undefined;
  readonly #ring: Change[] = [];
  /** The number of the next entry. */
  #next = 1;
  #readers = 0;
  #closed = false;
  #wake = Promise.withResolvers<void>();

  /** @param process tells this process's ids from those of another: the journal's epoch */
  constructor(process: number, bounds: FeedBounds, store?: FeedStore<Change>) {
    this.#process = process;
    this.#bounds = bounds;
    this.#store = store;
  }

  get readers(): number {
    return this.#readers;
  }

  /** False when there are as many readers as there may be. */
  get takesReaders(): boolean {
    return this.#readers < this.#bounds.readers;
  }

  tell(change: Change): void {
    if (this.#closed) return;
    if (this.#ring.length === this.#bounds.entries) this.#ring.shift();
    this.#ring.push(change);
    this.#next += 1;
    this.#wakeAll();
  }

  /** Every reader comes to its end. */
  close(): void {
    this.#closed = true;
    this.#wakeAll();
  }

  /**
   * Everything after the entry with this id, or everything from now on; ends with `signal` or `close`. It listens from
   * the call on, not from the first `next`.
   */
  read(after: string | undefined, signal: AbortSignal): AsyncIterable<FeedItem<Change>> {
    return this.#entries(this.#lastRead(after), signal);
  }

  async *#entries(begin: FeedPlace, signal: AbortSignal): AsyncGenerator<FeedItem<Change>> {
    this.#readers += 1;
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener("abort", abort, { once: true });
    try {
      let last = begin;
      while (!signal.aborted) {
        if (!this.#isKept(last)) {
          for await (const { item, place } of this.#stored(last, signal)) {
            last = place;
            if (item !== undefined) yield item;
          }
          if (signal.aborted) return;
          const oldest = this.#oldest;
          if (!this.#isKept(last)) {
            const missed = last.process === this.#process ? oldest - 1 - last.number : oldest - 1;
            last = this.#place(oldest - 1);
            if (missed > 0) yield { id: idOf(last), missed };
          }
        } else if (last.number + 1 < this.#next) {
          const place = this.#place(last.number + 1);
          const change = this.#ring[place.number - this.#oldest];
          last = place;
          if (change !== undefined) yield { id: idOf(place), change };
        } else if (this.#closed) return;
        else await Promise.race([this.#wake.promise, aborted.promise]);
      }
    } finally {
      signal.removeEventListener("abort", abort);
      this.#readers -= 1;
    }
  }

  /** What comes after a place and is not kept any more, as far as it is stored; ends where the ring goes on. */
  async *#stored(
    begin: FeedPlace,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly item?: FeedItem<Change>; readonly place: FeedPlace }> {
    const store = this.#store;
    if (store === undefined) return;
    const kept = this.#place(this.#oldest);
    const behind = await store.count(begin, kept);
    if (behind > MOST_STORED) {
      const place = this.#place(kept.number - 1);
      yield { item: { id: idOf(place), missed: behind }, place };
      return;
    }
    let last = begin;
    for (let page = STORED_PAGE; page === STORED_PAGE && !signal.aborted && !this.#isKept(last); ) {
      const entries = await store.after(last, STORED_PAGE);
      page = entries.length;
      for (const { place, change } of entries) {
        const missed = place.process === last.process ? place.number - last.number - 1 : place.number - 1;
        const before = { process: place.process, number: place.number - 1 };
        if (missed > 0) yield { item: { id: idOf(before), missed }, place: before };
        yield { item: { id: idOf(place), change }, place };
        last = place;
      }
    }
    // What other processes told is at its end, and this one's begins.
    if (last.process < this.#process) yield { place: this.#place(0) };
  }

  get #oldest(): number {
    return this.#next - this.#ring.length;
  }

  /** Whether all that comes after it is in the ring. */
  #isKept({ process, number }: FeedPlace): boolean {
    return process === this.#process && number >= this.#oldest - 1;
  }

  #place(number: number): FeedPlace {
    return { process: this.#process, number };
  }

  /** The place of the last entry that a reader has: what no id of ours says begins with all that is kept. */
  #lastRead(after: string | undefined): FeedPlace {
    if (after === undefined) return this.#place(this.#next - 1);
    const [, process, number] = /^(\d{1,15})\.(\d{1,15})$/.exec(after) ?? [];
    const last = { process: Number(process), number: Number(number) };
    const isOurs = last.process === this.#process && last.number < this.#next;
    return isOurs || (last.process < this.#process && this.#store !== undefined) ? last : this.#place(this.#oldest - 1);
  }

  #wakeAll(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }
}

const idOf = ({ process, number }: FeedPlace): string => `${process}.${number}`;
