import type { RuntimeConfig } from "../../config/types.ts";
import type { Priority } from "../../machines/contracts/priority.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { AttemptsInFlight } from "../dependencies/attempts-in-flight.ts";
import { Settling } from "../dependencies/settling.ts";
import type { AbandonedRuns } from "../queue/abandoned-runs.ts";
import type { EndOfOperation } from "../queue/ended-event.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { executeAttempt } from "./execute-attempt.ts";
import type { Outcome } from "./outcome.ts";
import type { Principal } from "./principal.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import { completed } from "./ended-outcome.ts";

export interface RunNowRequest {
  readonly operation: RegisteredOperation;
  readonly principal: Principal;
  readonly priority: Priority;
  readonly inputText: string;
  readonly parsed: { readonly value: unknown };
  readonly answerWithinMs: number;
}

export interface RunNowPorts {
  readonly wheel: TimerWheel;
  readonly config: RuntimeConfig;
  readonly policy: () => AdmissionPolicy;
  readonly clock: { monotonicMs(): number };
  readonly attempts: AttemptsInFlight;
  readonly abandoned: AbandonedRuns;
  /** How it ended, whatever its fallback makes of that. */
  readonly onOffDiskEnd: (end: EndOfOperation) => void;
}

/**
 * Runs an operation that is not queueable: off the disk, without a receipt, within the caller's wait. Retried at
 * once while its effect is known to be none and there is time; an unknown effect is told as it is. `onFinished` is
 * called when every handler has settled, or has been given up.
 */
export async function runNow(
  request: RunNowRequest,
  operationId: string,
  ports: RunNowPorts,
  onFinished: () => void,
): Promise<Outcome> {
  const { operation, priority } = request;
  const { clock, wheel, attempts, abandoned, onOffDiskEnd } = ports;
  const startedAtMs = clock.monotonicMs();
  const goingOn: Settling[] = [];
  try {
    for (let attemptNumber = 1; ; attemptNumber++) {
      const remainingMs = request.answerWithinMs - (clock.monotonicMs() - startedAtMs);
      const handler = new Settling();
      const result = await executeAttempt({
        operation,
        operationId,
        principal: request.principal.id,
        inputText: request.inputText,
        inputVersion: operation.definition.version,
        // A handler may have changed what it was given: later attempts parse the text again.
        ...(attemptNumber === 1 ? { parsed: request.parsed } : {}),
        attemptNumber,
        timeoutMs: Math.max(1, Math.min(remainingMs, operation.attemptTimeoutMs * ports.policy().attemptTimeoutFactor)),
        receipt: undefined,
        keepResult: false,
        wheel,
        attempts,
        onSettled: () => handler.settle(),
      });
      if (!handler.isSettled) goingOn.push(handler);
      if (result.kind === "completed") {
        onOffDiskEnd({ outcome: "completed", priority, durationMs: clock.monotonicMs() - startedAtMs });
        return completed(operationId, result.result, false);
      }
      const again =
        result.retryable &&
        result.effect === "none" &&
        attemptNumber < operation.retry.maximumAttempts &&
        !attempts.stopping &&
        operation.uses.every(({ dependency }) => dependency.closed) &&
        clock.monotonicMs() - startedAtMs < request.answerWithinMs;
      if (again) continue;
      const { error, effect, owner } = result;
      onOffDiskEnd({
        outcome: "failed",
        priority,
        durationMs: clock.monotonicMs() - startedAtMs,
        errorCode: error.code,
        ...(owner === undefined ? {} : { dependency: owner }),
      });
      return { status: "failed", operationId, effect, error };
    }
  } finally {
    if (goingOn.length === 0) onFinished();
    else void Promise.all(goingOn.map((handler) => abandoned.untilSettled(handler, operation))).then(onFinished);
  }
}
