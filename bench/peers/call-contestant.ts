import type { Loop } from "../harness/time-calls.ts";

/** What each stack of policies is made with: the same for ours and for the peers. */
export interface CallPolicies {
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** opossum has none. */
  readonly retries: number;
  /** How long the breaker stays open. */
  readonly breakMs: number;
  readonly failureRate: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
}

export type Work = (context?: { readonly signal: AbortSignal }) => Promise<unknown>;

/** What became of a call. */
export type CallEnd = "completed" | "failed" | "refused";

/** A stack of policies around one piece of work. */
export interface CallContestant {
  /** Tells what became of it: to see that what is timed is what it is said to be. */
  once(): Promise<CallEnd>;
  /** Looks at nothing; each contestant has its own, so that none is compiled for all. */
  readonly loop: Loop;
  close?(): void;
}

/** What the work rejects with: made once, since the cost of making it is nobody's here. */
export const failure = new Error("The other side is down.");

/** For stacks that reject: what is not the work's own failure is theirs. */
export async function endOf(call: Promise<unknown>): Promise<CallEnd> {
  try {
    await call;
    return "completed";
  } catch (error) {
    return error === failure ? "failed" : "refused";
  }
}
