import type { Outcome } from "holdfast";

/** What the service's port answers, and the load reads. */
export type Answer =
  | { readonly status: "completed" | "queued"; readonly operationId: string }
  | { readonly status: "failed"; readonly operationId: string; readonly message: string }
  | {
      readonly status: "refused";
      readonly reason: string;
      readonly message: string;
      readonly retryAfterSeconds: number;
    };

/** What a caller outside is told of an outcome. */
export function toAnswer(outcome: Outcome): Answer {
  switch (outcome.status) {
    case "completed":
    case "queued":
      return { status: outcome.status, operationId: outcome.operationId };
    case "failed":
      return { status: "failed", operationId: outcome.operationId, message: outcome.error.message };
    case "refused": {
      const { status, reason, message, retryAfterSeconds } = outcome;
      return { status, reason, message, retryAfterSeconds };
    }
  }
}

const ANSWER_WITHIN_MS = 15_000;

/** Submits one operation as any caller would. Undefined when no answer came: nobody here knows whether it was accepted. */
export async function submitTo(port: number, body: string, idempotencyKey: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/operations`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return (await response.json()) as Answer;
  } catch {
    return undefined;
  }
}
