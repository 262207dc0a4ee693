import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { executeAttempt } from "./execute-attempt.ts";
import type { Outcome } from "./outcome.ts";
import type { Principal } from "./principal.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import { completed } from "./ended-outcome.ts";

export interface RunNowRequest {
  readonly operation: RegisteredOperation;
  readonly principal: Principal;
  readonly inputText: string;
  readonly parsed: { readonly value: unknown };
  readonly answerWithinMs: number;
}

/**
 * Runs an operation that is not queueable: off the disk, without a receipt, within the caller's wait. Retried at
 * once while its effect is known to be none and there is time; an unknown effect is told as it is.
 */
export async function runNow(
  request: RunNowRequest,
  operationId: string,
  ports: {
    readonly wheel: TimerWheel;
    readonly config: RuntimeConfig;
    readonly policy: () => AdmissionPolicy;
    readonly clock: { monotonicMs(): number };
  },
  onFinished: () => void,
): Promise<Outcome> {
  const { operation } = request;
  const startedAtMs = ports.clock.monotonicMs();
  let handlers = 0;
  let returned = false;
  const finishWhenSettled = (): void => {
    if (returned && handlers === 0) onFinished();
  };
  try {
    for (let attemptNumber = 1; ; attemptNumber++) {
      const remainingMs = request.answerWithinMs - (ports.clock.monotonicMs() - startedAtMs);
      handlers += 1;
      const result = await executeAttempt({
        operation,
        operationId,
        principal: request.principal.id,
        inputText: request.inputText,
        inputVersion: operation.definition.version,
        parsed: request.parsed,
        attemptNumber,
        timeoutMs: Math.max(1, Math.min(remainingMs, operation.attemptTimeoutMs * ports.policy().attemptTimeoutFactor)),
        receipt: undefined,
        keepResult: false,
        wheel: ports.wheel,
        onSettled: () => {
          handlers -= 1;
          finishWhenSettled();
        },
      });
      if (result.kind === "completed") return completed(operationId, result.result, false);
      const again =
        result.retryable &&
        result.effect === "none" &&
        attemptNumber < operation.retry.maximumAttempts &&
        operation.uses.every(({ dependency }) => dependency.closed) &&
        ports.clock.monotonicMs() - startedAtMs < request.answerWithinMs;
      if (!again) return { status: "failed", operationId, effect: result.effect, error: result.error };
    }
  } finally {
    returned = true;
    finishWhenSettled();
  }
}
