import { HoldfastError } from "../errors.ts";
import type { Completed, Failed } from "./outcome.ts";
import type { Ending } from "./waiters.ts";

/** The outcome for whoever waited for this ending. */
export function endedOutcome(operationId: string, ending: Ending): Completed | Failed {
  switch (ending.outcome) {
    case "completed":
      return completed(operationId, ending.resultText, ending.valueOmitted);
    case "failed":
      return { status: "failed", operationId, effect: ending.effect ?? "none", error: ending.error };
    case "cancelled":
    case "expired":
    case "discarded":
      return {
        status: "failed",
        operationId,
        effect: "none",
        error: new HoldfastError(
          `operation_${ending.outcome}`,
          `The operation was ${ending.outcome} before it took effect.`,
        ),
      };
  }
}

/** `completed` from the JSON text of the value: every path to a value goes through its text, so that all are equal. */
export const completed = (operationId: string, resultText: string | undefined, valueOmitted: boolean): Completed =>
  valueOmitted
    ? { status: "completed", operationId, valueOmitted: true, source: "execution" }
    : {
        status: "completed",
        operationId,
        value: resultText === undefined ? undefined : JSON.parse(resultText),
        valueOmitted: false,
        source: "execution",
      };
