import type { Unproven } from "../../../security/access/token-book.ts";
import type { FailedAttemptsEntry } from "../../../security/access/tokens.ts";

export interface FailedAttemptsPorts {
  readonly monotonicMs: () => number;
  readonly record: (entry: FailedAttemptsEntry) => void;
}

export const ATTEMPTS = {
  windowMs: 60_000,
  /** In one window, of one address; then it is told to wait. */
  perAddress: 30,
  /** Addresses that are counted one by one; all others share one count. */
  addresses: 10_000,
  /** Entries of the audit that one window makes at most, twice: at the first attempt, and for the rest at its end. */
  entries: 20,
} as const;

const OTHERS = "others";

interface Count {
  attempts: number;
  told: number;
  why: Unproven;
  token: number | undefined;
}

/**
 * Credentials that proved nothing, by address. Nobody guesses 256 bits: what is bounded here is the work, the audit and
 * the memory that trying can cost. A good credential passes from any address at any time.
 */
export class FailedAttempts {
  readonly #ports: FailedAttemptsPorts;
  readonly #counts = new Map<string, Count>();
  #windowEndsMs: number;
  #told = 0;
  #total = 0;

  constructor(ports: FailedAttemptsPorts) {
    this.#ports = ports;
    this.#windowEndsMs = ports.monotonicMs() + ATTEMPTS.windowMs;
  }

  /** Since the start. */
  get total(): number {
    return this.#total;
  }

  /** @returns the seconds to wait where this address has tried too often; undefined while it has not */
  count(address: string, why: Unproven, token?: number): number | undefined {
    const now = this.#ports.monotonicMs();
    if (now >= this.#windowEndsMs) this.endWindow();
    this.#total += 1;
    const network = networkOf(address);
    const key = this.#counts.has(network) || this.#counts.size < ATTEMPTS.addresses ? network : OTHERS;
    const count = this.#counts.get(key) ?? { attempts: 0, told: 0, why, token };
    count.attempts += 1;
    count.why = why;
    count.token = token ?? count.token;
    this.#counts.set(key, count);
    if (count.told === 0 && this.#told < ATTEMPTS.entries) this.#tell(key, count);
    if (count.attempts <= ATTEMPTS.perAddress) return undefined;
    return Math.max(1, Math.ceil((this.#windowEndsMs - now) / 1_000));
  }

  /** Tells what was only counted, and begins anew. */
  endWindow(): void {
    this.#windowEndsMs = this.#ports.monotonicMs() + ATTEMPTS.windowMs;
    const untold = [...this.#counts]
      .filter(([, { attempts, told }]) => attempts > told)
      .toSorted(([, a], [, b]) => b.attempts - b.told - (a.attempts - a.told));
    for (const [key, count] of untold.slice(0, ATTEMPTS.entries)) this.#tell(key, count);
    const rest = untold.slice(ATTEMPTS.entries).reduce((sum, [, { attempts, told }]) => sum + attempts - told, 0);
    if (rest > 0) this.#ports.record({ address: OTHERS, why: "unknown", attempts: rest });
    this.#counts.clear();
    this.#told = 0;
  }

  #tell(address: string, count: Count): void {
    const { attempts, told, why, token } = count;
    this.#ports.record({ address, why, attempts: attempts - told, ...(token === undefined ? {} : { token }) });
    count.told = attempts;
    this.#told += 1;
  }
}

/** Whoever has one IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address.replace(/^::ffff:/, "");
  const [head = ""] = address.split("::", 1);
  return `${head.split(":").slice(0, 4).join(":")}::/64`;
}
