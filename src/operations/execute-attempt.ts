import type { Attempt } from "../dependencies/attempt.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import { activeTracing } from "../telemetry/tracing.ts";
import { type AttemptResult, type CompletedAttempt, resultText } from "./attempt-result.ts";
import { parseStoredInput } from "./parse-stored-input.ts";
import { type AttemptFrame, untilEnded, withinAttempt } from "./within-attempt.ts";

export interface AttemptRequest extends AttemptFrame {
  readonly principal: string;
  /** JSON text as stored, or as given where nothing is stored. */
  readonly inputText: string | undefined;
  readonly inputVersion: number;
  /** The parsed input, where the caller has just parsed it from that text. */
  readonly parsed?: { readonly value: unknown };
  /** Undefined for what is never replayed. */
  readonly receipt: ReceiptKey | undefined;
  readonly keepResult: boolean;
  /** Called when the handler itself has settled: at or after the end of the attempt. */
  readonly onSettled: () => void;
}

/** Runs the handler once, within its time, and says what came of it. Never rejects. */
export function executeAttempt(request: AttemptRequest): Promise<AttemptResult> {
  const tracing = activeTracing();
  return tracing === undefined
    ? executeOnce(request)
    : tracing.attempt(request.operation.definition.name, request.attemptNumber, () => executeOnce(request));
}

async function executeOnce(request: AttemptRequest): Promise<AttemptResult> {
  let begun = false;
  const result = await withinAttempt(request, (attempt) =>
    execute(request, attempt, () => {
      begun = true;
    }),
  );
  if (!begun) request.onSettled();
  return result;
}

async function execute(request: AttemptRequest, attempt: Attempt, onBegin: () => void): Promise<CompletedAttempt> {
  const { operation, operationId } = request;
  const { definition } = operation;
  const input =
    request.parsed ?? (await untilEnded(attempt, parseStoredInput(operation, request.inputText, request.inputVersion)));
  // Ended before it began (the runtime stops): the handler is not called at all.
  if (attempt.ended) throw attempt.endedBecause;
  const context = {
    input: input.value,
    operationId,
    attempt: request.attemptNumber,
    principal: request.principal,
    get signal() {
      return attempt.signal;
    },
  };
  for (const { property, dependency } of operation.uses)
    if (dependency !== operation.receipted?.dependency)
      Object.defineProperty(context, property, {
        value: dependency.connection.handle(attempt, dependency),
        enumerable: true,
      });
  const work = async (handle?: unknown): Promise<string | undefined> => {
    onBegin();
    if (operation.receipted !== undefined)
      Object.defineProperty(context, operation.receipted.property, { value: handle, enumerable: true });
    try {
      return resultText(definition.name, await definition.execute(context as never));
    } finally {
      request.onSettled();
    }
  };
  const receipts = operation.receipted?.dependency.connection.receipts;
  if (receipts === undefined) return { kind: "completed", result: await untilEnded(attempt, work()), replayed: false };
  const once = await receipts.once({ receipt: request.receipt ?? null, keepResult: request.keepResult, attempt }, work);
  return { kind: "completed", result: once.result, replayed: once.applied === "before" };
}
