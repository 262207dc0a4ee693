import type { Cause } from "../../machines/contracts/cause.ts";
import { toJsonText } from "./json-text.ts";
import { offDiskOperationId } from "./operation-id.ts";
import type { Outcome } from "./outcome.ts";
import type { Prepared } from "./prepare-submit.ts";

/** The definition's fallback answers, and says so; where there is none, or it fails too, `otherwise` does. */
export async function answerByFallback(
  { operation: { definition }, parsed }: Prepared,
  cause: Cause | undefined,
  otherwise: () => Outcome,
): Promise<Outcome> {
  if (definition.fallback === undefined) return otherwise();
  try {
    const value = await definition.fallback({
      input: parsed.value,
      cause: cause ?? { actor: "admission", what: "no permit was free" },
    });
    const text = toJsonText(value);
    return {
      status: "completed",
      operationId: offDiskOperationId(),
      value: text === undefined ? undefined : JSON.parse(text),
      valueOmitted: false,
      source: "fallback",
    };
  } catch (error) {
    const outcome = otherwise();
    if (outcome.status !== "refused") return outcome;
    return {
      ...outcome,
      message: `${outcome.message} The fallback of ${definition.name} failed too: ${error instanceof Error ? error.message : "it threw a value that is not an Error"}`,
    };
  }
}
