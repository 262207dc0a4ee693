import type { Absence } from "../entry.ts";
import { type CallContestant, type CallPolicies, endOf, type Work } from "./call-contestant.ts";
import { isAbsent, type PeerLoader } from "./load-peer.ts";

/** What is used of it. */
interface Cockatiel {
  readonly handleAll: unknown;
  readonly TimeoutStrategy: { readonly Cooperative: unknown };
  readonly SamplingBreaker: new (options: { threshold: number; duration: number; minimumRps: number }) => unknown;
  readonly bulkhead: (limit: number) => unknown;
  readonly circuitBreaker: (policy: unknown, options: { halfOpenAfter: number; breaker: unknown }) => unknown;
  readonly retry: (policy: unknown, options: { maxAttempts: number }) => unknown;
  readonly timeout: (durationMs: number, strategy: unknown) => unknown;
  readonly wrap: (...policies: readonly unknown[]) => { execute(work: Work): Promise<unknown> };
}

type MakeContestant = (policies: CallPolicies, work: Work) => CallContestant;

export async function cockatielContestant(loadPeer: PeerLoader): Promise<MakeContestant | Absence> {
  const cockatiel = await loadPeer<Cockatiel>("cockatiel");
  if (isAbsent(cockatiel)) return cockatiel;
  const { handleAll, TimeoutStrategy, SamplingBreaker, bulkhead, circuitBreaker, retry, timeout, wrap } = cockatiel;
  return ({ timeoutMs, concurrency, retries, breakMs, failureRate, minimumCalls, windowMs }, work) => {
    const policy = wrap(
      timeout(timeoutMs, TimeoutStrategy.Cooperative),
      bulkhead(concurrency),
      retry(handleAll, { maxAttempts: retries }),
      circuitBreaker(handleAll, {
        halfOpenAfter: breakMs,
        breaker: new SamplingBreaker({
          threshold: failureRate,
          duration: windowMs,
          minimumRps: minimumCalls / (windowMs / 1_000),
        }),
      }),
    );
    return {
      once: () => endOf(policy.execute(work)),
      async loop(calls) {
        for (let call = 0; call < calls; call++)
          try {
            await policy.execute(work);
          } catch {
            // Refused or failed, as the case says.
          }
      },
    };
  };
}
