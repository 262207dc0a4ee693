import type { Priority } from "holdfast";
import { mix } from "../revisions.ts";
import { heapShare } from "./heap-share.ts";

/** What can be wrong within a service, whether Holdfast is in it or not. The director turns these on and off. */
export type Trouble = TroubleOfGraph | TroubleOfHandlers;

export type TroubleOfGraph =
  | { readonly kind: "cut" }
  | { readonly kind: "restore" }
  /** From now on a transaction takes the graph so long. */
  | { readonly kind: "slow"; readonly serviceMs: number }
  /** From now on so many of its transactions lose their connection before they begin, 0 to 1; probes never do. */
  | { readonly kind: "lossy"; readonly share: number };

export type TroubleOfHandlers =
  /** From now on handlers throw for this share of their calls, by priority, 0 to 1. */
  | { readonly kind: "fail"; readonly share: Partial<Readonly<Record<Priority, number>>> }
  /** A cache is filled up to a share of the heap's limit, and from now on each call adds to it. */
  | { readonly kind: "leak"; readonly fillTo: number; readonly bytesPerCall: number }
  /** The leak is mended, and what had leaked is gone. */
  | { readonly kind: "mend" };

/** A little at a time: it is the heap that is to suffer, not the event loop. */
const FILL_BYTES = 1_024 * 1_024;
const FILL_EVERY_MS = 10;
const BYTES_PER_NUMBER = 8;

/** The handlers' own troubles: errors that they throw, and a cache that nobody empties. */
export class Troubles {
  #share: Partial<Readonly<Record<Priority, number>>> = {};
  #bytesPerCall = 0;
  #cache: number[][] = [];

  /** What a handler goes through with each call. */
  strike({ order, priority }: { readonly order: number; readonly priority: Priority }): void {
    if (this.#bytesPerCall > 0) this.#cache.push(block(this.#bytesPerCall));
    // The same order has the same luck with and without Holdfast, and at every attempt.
    const luck = mix(order * 2_654_435_761) / 2 ** 32;
    if (luck < (this.#share[priority] ?? 0))
      throw new RangeError(`Order ${order} names a dish that the new menu has not.`);
  }

  begin(trouble: TroubleOfHandlers): void {
    if (trouble.kind === "fail") this.#share = trouble.share;
    else if (trouble.kind === "mend") {
      this.#bytesPerCall = 0;
      this.emptyCache();
    } else {
      this.#bytesPerCall = trouble.bytesPerCall;
      this.#fill(trouble.fillTo);
    }
  }

  #fill(share: number): void {
    if (this.#bytesPerCall === 0 || heapShare() >= share) return;
    this.#cache.push(block(FILL_BYTES));
    setTimeout(() => this.#fill(share), FILL_EVERY_MS);
  }

  /** What a service can do about its memory when it is asked to. */
  emptyCache(): void {
    this.#cache = [];
  }
}

/** Floating-point numbers lie in the heap as they are, eight bytes each. */
const block = (bytes: number): number[] => Array<number>(Math.ceil(bytes / BYTES_PER_NUMBER)).fill(0.5);
