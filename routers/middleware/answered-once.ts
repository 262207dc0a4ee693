import { createHash } from "node:crypto";
import { HoldfastError } from "../../src/errors.ts";

export interface AnsweredOnceBounds {
  readonly entries: number;
  readonly ttlMs: number;
}

/** One hour, which outlasts every client's retries, and some megabytes at most. */
const BOUNDS: AnsweredOnceBounds = { entries: 4_096, ttlMs: 60 * 60_000 };

interface Entry<Result> {
  readonly input: string;
  readonly until: number;
  /** Absent once it was answered, where the answer must not be kept. */
  result: Promise<Result> | undefined;
}

/**
 * What was answered under an idempotency key, so that the same order again is not carried out again. In memory: it
 * holds over lost connections and impatient clients, not over a restart, where orders have to be safe to repeat by
 * themselves. Full, it forgets what is oldest.
 */
export class AnsweredOnce<Result extends { readonly ok: boolean }> {
  readonly #entries = new Map<string, Entry<Result>>();
  readonly #bounds: AnsweredOnceBounds;
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(bounds: AnsweredOnceBounds = BOUNDS, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Carries it out, or answers what was answered, also to whoever asks meanwhile. What failed may be tried again.
   *
   * @throws HoldfastError `idempotency_key_reused`, `answer_not_kept`
   */
  async answer(
    order: { readonly key: readonly string[]; readonly input: unknown; readonly keepsAnswer: boolean },
    carryOut: () => Promise<Result>,
  ): Promise<Result> {
    const key = JSON.stringify(order.key);
    const input = hashOf(order.input);
    const now = this.#now();
    const known = this.#entries.get(key);
    if (known !== undefined && known.until > now) return repeat(known, input);
    this.#makeRoom(now);
    const carriedOut = carryOut();
    const entry: Entry<Result> = { input, until: now + this.#bounds.ttlMs, result: carriedOut };
    // Behind all others, also where it takes the place of one that was over.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    try {
      const result = await carriedOut;
      if (!result.ok) this.#forget(key, entry);
      else if (!order.keepsAnswer) entry.result = undefined;
      return result;
    } catch (error) {
      this.#forget(key, entry);
      throw error;
    }
  }

  #forget(key: string, entry: Entry<Result>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  /** All live equally long, so the oldest come first. */
  #makeRoom(now: number): void {
    for (const [key, { until }] of this.#entries) {
      if (until > now && this.#entries.size < this.#bounds.entries) return;
      this.#entries.delete(key);
    }
  }
}

function repeat<Result>({ input, result }: Entry<Result>, asked: string): Promise<Result> {
  if (input !== asked)
    throw new HoldfastError(
      "idempotency_key_reused",
      "The idempotency key belongs to a request with another input. Use a new key for a new order.",
    );
  if (result === undefined)
    throw new HoldfastError(
      "answer_not_kept",
      "This was done already under this idempotency key; its answer held a secret and is not kept.",
    );
  return result;
}

/** The same for the same JSON, in whatever order its fields came. */
function hashOf(input: unknown): string {
  const text = JSON.stringify(input, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  return createHash("sha256")
    .update(text ?? "")
    .digest("base64url");
}
