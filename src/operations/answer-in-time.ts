import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { type Admission, admit } from "../admission/admit.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { endedOutcome } from "./ended-outcome.ts";
import type { Outcome, Queued, QueuedBecause } from "./outcome.ts";
import type { Prepared } from "./prepare-submit.ts";
import type { Waiter, Waiters } from "./waiters.ts";

export interface AnswerPorts {
  readonly waiters: Waiters;
  readonly wheel: TimerWheel;
  readonly policy: () => AdmissionPolicy;
}

/** An operation on disk, and why it has not ended yet, as far as was known when it was accepted. */
export interface OnDisk {
  readonly sequence: number;
  readonly operationId: string;
  readonly because: QueuedBecause;
  /** False where another submit of the same key put it there. */
  readonly isSubmitter?: boolean;
}

/** Waits for the end, but not longer than the caller does; then says why it has not come, as of then. */
export function answerInTime(
  { sequence, operationId, because, isSubmitter = true }: OnDisk,
  { operation, priority, answerWithinMs }: Prepared,
  { waiters, wheel, policy }: AnswerPorts,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const waiter: Waiter = {
      isSubmitter,
      retrying: false,
      running: false,
      settle(ending) {
        timer.cancel();
        resolve(endedOutcome(operationId, ending));
      },
      release() {
        timer.cancel();
        if (waiter.retrying) resolve(queued(operationId, "retrying"));
        else if (waiter.running || because === "slow") resolve(queued(operationId, "slow"));
        else {
          const admission = admit(policy(), priority, operation.dependencyNames);
          resolve(queued(operationId, admission.decision === "run" ? because : "policy", admission));
        }
      },
    };
    const timer = wheel.add(answerWithinMs, () => {
      if (waiters.remove(sequence, waiter)) waiter.release();
    });
    waiters.add(sequence, waiter);
  });
}

export const queued = (operationId: string, because: QueuedBecause, admission?: Admission): Queued => ({
  status: "queued",
  operationId,
  because,
  ...(because === "policy" && admission?.cause !== undefined ? { cause: admission.cause } : {}),
});
