import type { Outcome } from "../operations/outcome.ts";
import { causeChain } from "./cause-chain.ts";
import type { Explanation, ExplainedStep } from "./explanation.ts";
import { rendered } from "./render-explanation.ts";

const QUEUED = {
  policy: "the admission policy does not let it run now",
  lane: "earlier operations of its lane come first",
  limit: "the concurrency limit of what it depends on is used up",
  slow: "it runs, and has not ended within the time that its caller waits",
  retrying: "an attempt failed, and it waits for the next",
  requested: "it was enqueued, which does not wait for execution",
} as const;

/**
 * Why an outcome is what it is, from the value alone: a refusal and a failure that was told leave nothing in the store
 * to ask.
 *
 * @example
 * const outcome = await runtime.submit(recordTemperature, input);
 * if (outcome.status !== "completed") console.log(explainOutcome(outcome).lines.join("\n"));
 */
export function explainOutcome(outcome: Outcome): Explanation {
  const target = "operationId" in outcome ? outcome.operationId : "";
  const { title, step } = saidOf(outcome);
  return rendered({ target, kind: "outcome", title, steps: [step] });
}

function saidOf(outcome: Outcome): { readonly title: string; readonly step: ExplainedStep } {
  switch (outcome.status) {
    case "completed": {
      const what =
        outcome.source === "fallback"
          ? "by the definition's fallback; what it depends on was not asked"
          : "its effect is in what it depends on, once";
      return { title: `${outcome.operationId} is completed`, step: { step: "completed", what, causes: [] } };
    }
    case "queued":
      return {
        title: `${outcome.operationId} is on disk, and executed later`,
        step: {
          step: "queued",
          what: `because ${outcome.because}: ${QUEUED[outcome.because]}`,
          causes: causeChain(outcome.cause),
        },
      };
    case "refused": {
      const again = outcome.retryable
        ? ` Try again in ${outcome.retryAfterSeconds} s.`
        : " Trying the same again does not help.";
      return {
        title: "refused before anything was executed or stored",
        step: {
          step: "refused",
          what: `because ${outcome.reason}: ${outcome.message}${again}`,
          causes: causeChain(outcome.cause),
        },
      };
    }
    case "failed":
      return {
        title: `${outcome.operationId} ended without success`,
        step: {
          step: "failed",
          what: `${outcome.error.code}: ${outcome.error.message} (effect ${outcome.effect})`,
          causes: causesOfError(outcome.error.cause),
        },
      };
  }
}

/** Codes of the errors behind it; their words may be anybody's, and stay with the error. */
function causesOfError(cause: unknown): ExplainedStep["causes"] {
  if (typeof cause !== "object" || cause === null) return [];
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  const name = cause instanceof Error ? cause.name : "error";
  return [{ actor: name, what: code ?? "no code" }];
}
