import type { ConcurrencySettings } from "../../config/types.ts";
import { CallSamples, NO_SAMPLE } from "./call-samples.ts";
import { UsualLatency } from "./usual-latency.ts";

/** Work of one kind takes about as long each time: the calls of `runtime.call`, or one definition's attempts by its id. */
export const PLAIN_CALL = -1;
/** How long it takes says nothing about its dependency: a batch, or an attempt that calls several dependencies. */
export const UNTIMED = -2;

/** What a sampled call says. `unsaid`: it was cancelled, or failed by its own fault. */
export type SampleEnd = "answered" | "overloaded" | "unsaid";

/** Why the limit is lower than configured. */
export interface LimitAdaptation {
  readonly limit: number;
  /** What was measured when it was lowered last, in words that read after "because". */
  readonly what: string;
}

/** Fewer samples say nothing: the window goes on. */
const FEWEST_SAMPLES = 10;
/** Decreases are judged together, when they have made the calls in flight so many times fewer … */
const JUDGED_AT = Math.log(2);
/** … or, where the limit cannot fall further, if they have made them this many times fewer at least. */
const JUDGED_AT_FLOOR = Math.log(1.25);
/**
 * They have helped when a call became quicker by nearly as much, on a scale of ratios. Then about as many calls a
 * second go through as before; at 0, half the calls at once would be half the work done.
 */
const HELPS_FROM = 0.6;

/** Decreases for slowness, as one experiment: what they made of the calls in flight, and of the time a call takes. */
interface Trial {
  /** Before the first of them. */
  readonly limit: number;
  /** As the last of them found it. */
  inUse: number;
  slowness: number;
  /** Logarithms of what the decreases have divided the two by. */
  fewer: number;
  quicker: number;
  /** Until the window after a decrease has told its effect. */
  awaitsEffect: boolean;
}

/**
 * The limit that a dependency bears, between `minimumLimit` and `limit`: additive increase, multiplicative decrease
 * (AIMD), once per window of calls.
 *
 * - A window with too many time-outs and transient failures lowers it.
 * - A window in which most calls were slow lowers it too, as an experiment: slowness that comes of too many calls at
 *   once goes with them, and nothing is lost, as the dependency is as busy as before. Where fewer calls are about as
 *   slow, the limit was not to blame: it is raised again at once, and that slowness is usual from then on. So neither
 *   a slow network nor a dependency that is quicker with more at once (group commit) is throttled for it.
 * - A good window in which somebody found no permit free raises it.
 *
 * Calls that began before the last decrease are not counted: they ran in the old crowd. No timer: a window is ended by
 * the first call after it.
 */
export class AdaptiveLimit {
  readonly #settings: ConcurrencySettings;
  readonly #samples = new CallSamples();
  readonly #kinds = new Map<number, UsualLatency>();
  #limit: number;
  #windowEndsMs: number;
  #countsFromMs = Number.NEGATIVE_INFINITY;
  #trial: Trial | undefined;
  #loweredBecause = "";
  /** Of this window. */
  #exhausted = false;
  #ended = 0;
  #overloaded = 0;
  #compared = 0;
  #slow = 0;
  #slowness = 0;
  #inUse = 0;
  #mostInUse = 0;

  constructor(settings: ConcurrencySettings) {
    this.#settings = settings;
    this.#limit = settings.limit;
    this.#windowEndsMs = settings.adaptive ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  get limit(): number {
    return this.#limit;
  }

  get windowEndsMs(): number {
    return this.#windowEndsMs;
  }

  get adaptation(): LimitAdaptation | undefined {
    return this.#limit < this.#settings.limit ? { limit: this.#limit, what: this.#loweredBecause } : undefined;
  }

  /** Somebody found no permit free. */
  exhausted(): void {
    this.#exhausted = true;
  }

  /** Whether the call that begins now is to be timed. */
  samplesNext(): boolean {
    return this.#samples.isNext();
  }

  /** @param inUse permits in use, its own included */
  beginSample(nowMs: number, inUse: number): number {
    return this.#settings.adaptive ? this.#samples.begin(nowMs, inUse) : NO_SAMPLE;
  }

  endSample(sample: number, kind: number, end: SampleEnd, nowMs: number): void {
    const beganAtMs = this.#samples.beganAtMs(sample);
    const inUse = this.#samples.inUse(sample);
    this.#samples.end(sample);
    if (end === "unsaid" || beganAtMs < this.#countsFromMs) return;
    this.#ended += 1;
    this.#inUse += inUse;
    if (inUse > this.#mostInUse) this.#mostInUse = inUse;
    if (end === "overloaded") this.#overloaded += 1;
    else if (kind !== UNTIMED) this.#compare(kind, Math.max(0, nowMs - beganAtMs));
  }

  /**
   * To be called when a window has ended.
   *
   * @param most what slow start lets be in force at most
   * @param factor what the policy makes of the limit
   */
  endWindow(nowMs: number, most: number, factor: number): void {
    this.#windowEndsMs = nowMs + this.#settings.adaptWindowMs;
    this.#samples.beginWindow();
    if (this.#ended < FEWEST_SAMPLES) return;
    const inForce = Math.min(this.#limit, most);
    // As if the policy had not made it smaller: the factor comes on top again.
    const used = Math.min(inForce, Math.max(this.#floor, Math.ceil(this.#mostInUse / factor)));
    if (this.#overloaded > 0 && this.#overloaded >= this.#ended * this.#settings.errorTolerance) {
      this.#trial = undefined;
      this.#lower(used, nowMs, `${this.#overloaded} of ${this.#ended} sampled calls timed out or failed for a time`);
    } else if (this.#slow * 2 > this.#compared) this.#tooSlow(inForce, used, nowMs);
    else this.#good(inForce);
    this.#beginWindow();
  }

  /** The breaker has closed: what was learnt of the limit before the outage says nothing about now. */
  startAgain(nowMs: number): void {
    if (!this.#settings.adaptive) return;
    this.#limit = this.#settings.limit;
    this.#trial = undefined;
    this.#countsFromMs = nowMs;
    this.#windowEndsMs = nowMs + this.#settings.adaptWindowMs;
    for (const kind of this.#kinds.values()) kind.forget();
    this.#beginWindow();
  }

  get #floor(): number {
    return Math.max(1, Math.min(this.#settings.minimumLimit, this.#settings.limit));
  }

  #compare(kind: number, tookMs: number): void {
    let usual = this.#kinds.get(kind);
    if (usual === undefined) this.#kinds.set(kind, (usual = new UsualLatency()));
    const { usualMs } = usual;
    usual.add(tookMs);
    if (Number.isNaN(usualMs)) return;
    const { latencyTolerance, latencyRiseMs } = this.#settings;
    this.#compared += 1;
    this.#slowness += usualMs > 0 ? tookMs / usualMs : 1;
    if (tookMs > usualMs * latencyTolerance && tookMs > usualMs + latencyRiseMs) this.#slow += 1;
  }

  #good(inForce: number): void {
    if (this.#hasHelped(inForce) === false) return this.#takeBack();
    const calm = !this.#exhausted && this.#mostInUse * 2 <= inForce;
    for (const kind of this.#kinds.values()) kind.learn(calm);
    if (!this.#exhausted || this.#limit > inForce) return;
    this.#limit = Math.min(this.#settings.limit, this.#limit + this.#settings.increase);
    if (this.#limit === this.#settings.limit) this.#trial = undefined;
  }

  #tooSlow(inForce: number, used: number, nowMs: number): void {
    const slowness = this.#slowness / this.#compared;
    const hasHelped = this.#hasHelped(inForce);
    if (hasHelped === false) return this.#takeBack();
    // So few at once cannot become fewer, and are not to blame.
    if (used <= this.#floor) return this.#isUsual(slowness);
    this.#trial ??= { limit: this.#limit, inUse: 0, slowness: 0, fewer: 0, quicker: 0, awaitsEffect: true };
    this.#trial.inUse = this.#inUse / this.#ended;
    this.#trial.slowness = slowness;
    this.#trial.awaitsEffect = true;
    this.#lower(
      used,
      nowMs,
      `${this.#slow} of ${this.#compared} sampled calls took more than ${this.#settings.latencyTolerance} times as long as usual`,
    );
  }

  /** Undefined while that cannot be said. */
  #hasHelped(inForce: number): boolean | undefined {
    const trial = this.#trial;
    if (trial === undefined || this.#compared === 0) return undefined;
    if (trial.awaitsEffect) {
      trial.awaitsEffect = false;
      trial.fewer += Math.max(0, Math.log(trial.inUse / (this.#inUse / this.#ended)));
      trial.quicker += Math.log(trial.slowness / (this.#slowness / this.#compared));
    }
    const isAtFloor = inForce <= this.#floor;
    if (trial.fewer < JUDGED_AT && !isAtFloor) return undefined;
    if (trial.fewer < JUDGED_AT_FLOOR || trial.quicker < trial.fewer * HELPS_FROM) return false;
    this.#trial = undefined;
    return true;
  }

  /** The limit was not to blame. */
  #takeBack(): void {
    const { limit, slowness } = this.#trial!;
    this.#limit = Math.max(this.#limit, limit);
    this.#isUsual(Math.max(slowness, this.#slowness / this.#compared));
  }

  #isUsual(slowness: number): void {
    this.#trial = undefined;
    for (const kind of this.#kinds.values()) kind.takeForUsual(slowness);
  }

  #lower(from: number, nowMs: number, because: string): void {
    this.#limit = Math.max(this.#floor, Math.min(from - 1, Math.floor(from * this.#settings.decreaseFactor)));
    this.#loweredBecause = because;
    this.#countsFromMs = nowMs;
    for (const kind of this.#kinds.values()) kind.forget();
  }

  #beginWindow(): void {
    this.#exhausted = false;
    this.#ended = 0;
    this.#overloaded = 0;
    this.#compared = 0;
    this.#slow = 0;
    this.#slowness = 0;
    this.#inUse = 0;
    this.#mostInUse = 0;
  }
}
