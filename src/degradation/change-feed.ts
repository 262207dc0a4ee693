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

/**
 * What happens, for many readers, none of whom can hold up whoever tells it: each has a place in one ring of the last
 * entries and is told how many it missed when the ring has passed it by. Numbers are of this process; a reader that
 * comes back with the id of another process begins with what is still kept.
 */
export class ChangeFeed<Change> {
  readonly #process: string;
  readonly #bounds: FeedBounds;
  readonly #ring: Change[] = [];
  /** The number of the next entry. */
  #next = 1;
  #readers = 0;
  #closed = false;
  #wake = Promise.withResolvers<void>();

  /** @param process tells this process's ids from those of another: the journal's epoch */
  constructor(process: string, bounds: FeedBounds) {
    this.#process = process;
    this.#bounds = bounds;
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
    const place = this.#placeAfter(after);
    return this.#entries(place, signal);
  }

  async *#entries(first: number, signal: AbortSignal): AsyncGenerator<FeedItem<Change>> {
    this.#readers += 1;
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener("abort", abort, { once: true });
    try {
      let place = first;
      while (!signal.aborted) {
        const oldest = this.#next - this.#ring.length;
        if (place < oldest) {
          yield { id: this.#idOf(oldest - 1), missed: oldest - place };
          place = oldest;
        } else if (place < this.#next) {
          const change = this.#ring[place - oldest];
          if (change !== undefined) yield { id: this.#idOf(place), change };
          place += 1;
        } else if (this.#closed) return;
        else await Promise.race([this.#wake.promise, aborted.promise]);
      }
    } finally {
      signal.removeEventListener("abort", abort);
      this.#readers -= 1;
    }
  }

  #placeAfter(after: string | undefined): number {
    if (after === undefined) return this.#next;
    const [process, number] = after.split(".");
    const place = Number(number) + 1;
    if (process !== this.#process || !Number.isInteger(place) || place > this.#next)
      return this.#next - this.#ring.length;
    return place;
  }

  #idOf(place: number): string {
    return `${this.#process}.${place}`;
  }

  #wakeAll(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }
}
