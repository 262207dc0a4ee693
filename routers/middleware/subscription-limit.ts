import { HoldfastError } from "../../src/errors.ts";

export interface SubscriptionBounds {
  readonly perPrincipal: number;
  readonly total: number;
}

/** A feed has a bound of its own; these are over all feeds. */
const BOUNDS: SubscriptionBounds = { perPrincipal: 1_000, total: 2_000 };

/** Counts who is watching, so that one principal cannot take every place. */
export class SubscriptionLimit {
  readonly #bounds: SubscriptionBounds;
  readonly #byPrincipal = new Map<string, number>();
  #total = 0;

  constructor(bounds: SubscriptionBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  get total(): number {
    return this.#total;
  }

  /**
   * Takes a place for as long as the items are read.
   *
   * @throws HoldfastError `too_many_subscribers`
   */
  take(principal: string): () => void {
    const own = this.#byPrincipal.get(principal) ?? 0;
    if (own >= this.#bounds.perPrincipal)
      throw tooMany(`${principal} watches ${own} times already; close some of these subscriptions.`);
    if (this.#total >= this.#bounds.total) throw tooMany("Too many are watching at the moment; try again later.");
    this.#byPrincipal.set(principal, own + 1);
    this.#total += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#total -= 1;
      const left = (this.#byPrincipal.get(principal) ?? 1) - 1;
      if (left === 0) this.#byPrincipal.delete(principal);
      else this.#byPrincipal.set(principal, left);
    };
  }
}

const tooMany = (message: string): HoldfastError =>
  new HoldfastError("too_many_subscribers", message, { retryable: true });

/** The same items; gives the place back when they end, or nobody reads on, or the reader is gone before the first. */
export async function* whileRead<Item>(
  items: AsyncIterable<Item>,
  giveBack: () => void,
): AsyncGenerator<Item, void, undefined> {
  try {
    yield* items;
  } finally {
    giveBack();
  }
}
