import type { Attempt } from "../dependencies/attempt.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import { HandlerError } from "../errors.ts";
import { type CompletedAttempt, type FailedAttempt, resultText } from "./attempt-result.ts";
import type { BatchItemContext } from "./define-operation.ts";
import { parseStoredInput } from "./parse-stored-input.ts";
import { activeTracing } from "../telemetry/tracing.ts";
import { type AttemptFrame, untilEnded, withinAttempt } from "./within-attempt.ts";

export interface BatchAttemptItem {
  readonly operationId: string;
  readonly principal: string;
  /** JSON text as stored. */
  readonly inputText: string;
  readonly inputVersion: number;
  readonly attemptNumber: number;
  readonly receipt: ReceiptKey;
  readonly keepResult: boolean;
  readonly neverBegun: boolean;
}

export interface BatchAttemptRequest extends Omit<AttemptFrame, "operationId" | "attemptNumber"> {
  /** At least one; the order of their effects. */
  readonly items: readonly BatchAttemptItem[];
  /** Called when the handler itself has settled: at or after the end of the attempt. */
  readonly onSettled: () => void;
}

export type BatchAttemptResult =
  | { readonly kind: "completed"; readonly results: readonly CompletedAttempt[] }
  /**
   * The items at these indexes cannot be executed with others: a stored input that is not valid, or a fence. Nothing
   * was applied, as what is behind one of them in its lane must not pass it. Alone, each fails for its own reason.
   */
  | { readonly kind: "set_aside"; readonly indexes: readonly number[] }
  | FailedAttempt;

/** Runs `executeBatch` once for all items, within the time of one attempt, and says what came of it. Never rejects. */
export function executeBatchAttempt(request: BatchAttemptRequest): Promise<BatchAttemptResult> {
  const tracing = activeTracing();
  if (tracing === undefined) return executeOnce(request);
  return tracing.batch(request.operation.definition.name, request.items.length, () => executeOnce(request));
}

async function executeOnce(request: BatchAttemptRequest): Promise<BatchAttemptResult> {
  const [first] = request.items;
  // The work may be called more than once: the handler has settled when none of its calls goes on.
  let working = 0;
  let isOver = false;
  const settleWhenIdle = (): void => {
    if (isOver && working === 0) request.onSettled();
  };
  const countWork = (change: 1 | -1): void => {
    working += change;
    settleWhenIdle();
  };
  const frame = { ...request, isBatch: true, operationId: first!.operationId, attemptNumber: first!.attemptNumber };
  const result = await withinAttempt<BatchAttemptResult>(frame, (attempt) => execute(request, attempt, countWork));
  isOver = true;
  settleWhenIdle();
  return result;
}

async function execute(
  request: BatchAttemptRequest,
  attempt: Attempt,
  countWork: (change: 1 | -1) => void,
): Promise<BatchAttemptResult> {
  const { operation, items } = request;
  const { property, dependency } = operation.receipted!;
  const parsed = await untilEnded(attempt, parseAll(request));
  // Ended before it began (the runtime stops): the handler is not called at all.
  if (attempt.ended) throw attempt.endedBecause;
  const invalid = parsed.flatMap((input, index) => (input === undefined ? [index] : []));
  if (invalid.length > 0) return { kind: "set_aside", indexes: invalid };

  const work = async (handle: unknown, fresh: readonly number[]): Promise<readonly (string | undefined)[]> => {
    countWork(1);
    const context = {
      items: fresh.map((index): BatchItemContext<unknown> => {
        const { operationId, attemptNumber, principal } = items[index]!;
        return { input: parsed[index]!.value, operationId, attempt: attemptNumber, principal };
      }),
      get signal() {
        return attempt.signal;
      },
      [property]: handle,
    };
    try {
      const values = await operation.definition.executeBatch!(context as never);
      return resultTexts(operation.definition.name, values, fresh.length);
    } finally {
      countWork(-1);
    }
  };
  const once = await dependency.connection.receipts!.onceBatch(
    { items: items.map(({ receipt, keepResult, neverBegun }) => ({ receipt, keepResult, neverBegun })), attempt },
    work,
  );
  if (once.state === "fenced") return { kind: "set_aside", indexes: once.fenced };
  return {
    kind: "completed",
    results: once.results.map(({ applied, result }) => ({
      kind: "completed",
      result,
      replayed: applied === "before",
    })),
  };
}

/** Undefined for an input that is not valid. */
async function parseAll({
  operation,
  items,
}: BatchAttemptRequest): Promise<readonly ({ readonly value: unknown } | undefined)[]> {
  const settled = await Promise.allSettled(
    items.map(({ inputText, inputVersion }) => parseStoredInput(operation, inputText, inputVersion)),
  );
  return settled.map((input) => (input.status === "fulfilled" ? input.value : undefined));
}

function resultTexts(name: string, values: unknown, expected: number): readonly (string | undefined)[] {
  if (values === undefined) return Array<undefined>(expected).fill(undefined);
  if (!Array.isArray(values) || values.length !== expected)
    throw new HandlerError(
      "invalid_result",
      `executeBatch of ${name} must return one value for each of its ${expected} items, in their order${Array.isArray(values) ? `, and returned ${values.length}` : ""}.`,
    );
  return values.map((value) => resultText(name, value));
}
