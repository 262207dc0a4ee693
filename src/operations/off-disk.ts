import type { Clock } from "../ports.ts";
import type { Dispatcher } from "../queue/dispatcher.ts";
import { answerByFallback } from "./fallback.ts";
import { offDiskOperationId } from "./operation-id.ts";
import type { Outcome } from "./outcome.ts";
import type { Prepared } from "./prepare-submit.ts";
import { overloadedRefusal, policyRefusal } from "./refusals.ts";
import { runNow, type RunNowPorts } from "./run-now.ts";

export interface OffDiskPorts extends RunNowPorts {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly isHeld: (name: string) => boolean;
}

/** The way of what makes no sense later (reads): it runs now, or its fallback answers, or it is refused. Never on disk. */
export class OffDiskWay {
  readonly #ports: OffDiskPorts;

  constructor(ports: OffDiskPorts) {
    this.#ports = ports;
  }

  async go(prepared: Prepared): Promise<Outcome> {
    const { operation, pool, admission } = prepared;
    const { dispatcher, clock, isHeld, config } = this.#ports;
    const { name } = operation.definition;
    if (admission.decision !== "run")
      return answerByFallback(prepared, admission.cause, () => policyRefusal(name, admission, clock.now(), config));
    if (isHeld(name))
      return answerByFallback(prepared, undefined, () =>
        overloadedRefusal(
          `Too many handlers of ${name} go on after their attempts had ended; nothing of it is run until they settle.`,
        ),
      );
    if (!dispatcher.tryStart(pool))
      return answerByFallback(prepared, undefined, () =>
        overloadedRefusal(
          `No permit of ${operation.dependencyNames.join(" and ") || "this runtime"} is free, and ${name} cannot wait.`,
        ),
      );
    const operationId = offDiskOperationId();
    const outcome = await runNow(prepared, operationId, this.#ports, () => dispatcher.giveUpStart(pool));
    if (outcome.status !== "failed" || !outcome.error.retryable) return outcome;
    return answerByFallback(
      prepared,
      { actor: `operation:${operationId}`, what: outcome.error.message, values: { code: outcome.error.code } },
      () => outcome,
    );
  }
}
