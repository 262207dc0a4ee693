/** Told instead of a place for a call that is not timed. */
export const NO_SAMPLE = -1;

/** Timed calls in flight at most; while all places are taken, no other call is timed. */
const PLACES = 256;

/** How many calls of a window are to be timed: enough for a median, few enough to cost nothing. */
const WANTED_PER_WINDOW = 128;

/** Calls between two timed ones at the most: a rush that ends must not leave the few calls after it untimed. */
const LONGEST_STRIDE = 8_192;

/**
 * Chooses the calls that are timed: all of them while they are few, one of many while they are many, so that reading
 * the clock costs a rush nothing. What is kept of them lies in tables of a fixed size: nothing is allocated per call.
 */
export class CallSamples {
  readonly #beganAtMs = new Float64Array(PLACES);
  readonly #inUse = new Uint32Array(PLACES);
  /** The places that are free: the first `#freePlaces` of these. */
  readonly #free = Uint16Array.from({ length: PLACES }, (_, place) => place);
  #freePlaces = PLACES;
  #stride = 1;
  #untilNext = 1;
  /** Of this window: calls that were chosen since the stride is what it is, and about how many calls there were. */
  #chosen = 0;
  #calls = 0;
  #draw = 1;

  /** Whether the call that begins now is to be timed: `begin` it, then. */
  isNext(): boolean {
    this.#untilNext -= 1;
    if (this.#untilNext > 0) return false;
    this.#calls += this.#stride;
    this.#chosen += 1;
    // A rush within one tick of the clock: the window cannot end before it does.
    if (this.#chosen > WANTED_PER_WINDOW) {
      this.#chosen = 0;
      this.#stride = Math.min(LONGEST_STRIDE, this.#stride * 2);
    }
    this.#untilNext = 1 + this.#upTo(2 * (this.#stride - 1));
    return true;
  }

  /** The place of its sample, or `NO_SAMPLE`. */
  begin(nowMs: number, inUse: number): number {
    if (this.#freePlaces === 0) return NO_SAMPLE;
    this.#freePlaces -= 1;
    const place = this.#free[this.#freePlaces]!;
    this.#beganAtMs[place] = nowMs;
    this.#inUse[place] = inUse;
    return place;
  }

  beganAtMs(place: number): number {
    return this.#beganAtMs[place]!;
  }

  /** Permits in use when it began, its own included. */
  inUse(place: number): number {
    return this.#inUse[place]!;
  }

  /** Each place that was begun is ended once. */
  end(place: number): void {
    this.#free[this.#freePlaces] = place;
    this.#freePlaces += 1;
  }

  /** The next window has about as many calls as the last one, and times about as many of them as are wanted. */
  beginWindow(): void {
    this.#stride = Math.min(LONGEST_STRIDE, Math.max(1, Math.round(this.#calls / WANTED_PER_WINDOW)));
    this.#chosen = 0;
    this.#calls = 0;
    this.#untilNext = Math.min(this.#untilNext, this.#stride);
  }

  /** Not every so-manieth call exactly: what recurs in the traffic must not fall in step with it. (Park and Miller.) */
  #upTo(most: number): number {
    if (most === 0) return 0;
    this.#draw = (this.#draw * 16_807) % 2_147_483_647;
    return this.#draw % (most + 1);
  }
}
