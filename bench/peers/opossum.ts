import type { Absence } from "../entry.ts";
import { type CallContestant, type CallPolicies, endOf, type Work } from "./call-contestant.ts";
import { isAbsent, type PeerLoader } from "./load-peer.ts";

/** What is used of it. */
interface Opossum {
  readonly default: new (
    work: () => Promise<unknown>,
    options: {
      timeout: number;
      capacity: number;
      resetTimeout: number;
      errorThresholdPercentage: number;
      volumeThreshold: number;
      rollingCountTimeout: number;
    },
  ) => { fire(): Promise<unknown>; shutdown(): void };
}

type MakeContestant = (policies: CallPolicies, work: Work) => CallContestant;

export async function opossumContestant(loadPeer: PeerLoader): Promise<MakeContestant | Absence> {
  const opossum = await loadPeer<Opossum>("opossum");
  if (isAbsent(opossum)) return opossum;
  return ({ timeoutMs, concurrency, breakMs, failureRate, minimumCalls, windowMs }, work) => {
    const breaker = new opossum.default(() => work(), {
      timeout: timeoutMs,
      capacity: concurrency,
      resetTimeout: breakMs,
      errorThresholdPercentage: failureRate * 100,
      volumeThreshold: minimumCalls,
      rollingCountTimeout: windowMs,
    });
    return {
      once: () => endOf(breaker.fire()),
      async loop(calls) {
        for (let call = 0; call < calls; call++)
          try {
            await breaker.fire();
          } catch {
            // Refused or failed, as the case says.
          }
      },
      // Its timers keep the process alive.
      close: () => breaker.shutdown(),
    };
  };
}
