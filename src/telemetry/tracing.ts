import { type Attributes, ProxyTracerProvider, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { CallOutcome } from "../dependencies/call.ts";
import type { AttemptResult } from "../operations/attempt-result.ts";
import type { BatchAttemptResult } from "../operations/execute-batch-attempt.ts";
import type { Outcome } from "../operations/outcome.ts";

/** What a span says of its end. */
interface End {
  readonly attributes: Attributes;
  /** A code of ours where it failed, never a message. */
  readonly failedWith?: string | undefined;
}

/**
 * Spans through OpenTelemetry's API: one for each submit, each attempt of a handler, each call. They carry names, codes
 * and outcomes; never inputs, values or messages.
 */
export class Tracing {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  submit(operation: string, run: () => Promise<Outcome>): Promise<Outcome> {
    return this.#span("holdfast.submit", { "holdfast.operation.name": operation }, run, endOfOutcome);
  }

  attempt(operation: string, attempt: number, run: () => Promise<AttemptResult>): Promise<AttemptResult> {
    const attributes = { "holdfast.operation.name": operation, "holdfast.attempt": attempt };
    return this.#span("holdfast.execute", attributes, run, endOfAttempt);
  }

  batch(operation: string, items: number, run: () => Promise<BatchAttemptResult>): Promise<BatchAttemptResult> {
    const attributes = { "holdfast.operation.name": operation, "holdfast.batch.items": items };
    return this.#span("holdfast.execute_batch", attributes, run, endOfBatch);
  }

  call<Value>(dependency: string, run: () => Promise<CallOutcome<Value>>): Promise<CallOutcome<Value>> {
    return this.#span("holdfast.call", { "holdfast.dependency.name": dependency }, run, endOfOutcome);
  }

  #span<Result>(
    name: string,
    attributes: Attributes,
    run: () => Promise<Result>,
    endOf: (result: Result) => End,
  ): Promise<Result> {
    return this.#tracer.startActiveSpan(name, { attributes }, async (span) => {
      try {
        const result = await run();
        const { attributes: more, failedWith } = endOf(result);
        span.setAttributes(more);
        if (failedWith !== undefined) {
          span.setAttribute("error.type", failedWith);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        return result;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }
}

function endOfOutcome(outcome: Outcome | CallOutcome<unknown>): End {
  const attributes: Attributes = { "holdfast.outcome": outcome.status };
  if ("operationId" in outcome && outcome.operationId !== undefined)
    attributes["holdfast.operation.id"] = outcome.operationId;
  if (outcome.status === "queued") attributes["holdfast.because"] = outcome.because;
  if (outcome.status === "refused") attributes["holdfast.reason"] = outcome.reason;
  return { attributes, failedWith: outcome.status === "failed" ? outcome.error.code : undefined };
}

function endOfAttempt(result: AttemptResult): End {
  return result.kind === "completed"
    ? { attributes: { "holdfast.outcome": "completed", "holdfast.replayed": result.replayed } }
    : { attributes: { "holdfast.outcome": result.kind }, failedWith: result.error.code };
}

const endOfBatch = (result: BatchAttemptResult): End => ({
  attributes: { "holdfast.outcome": result.kind },
  failedWith: result.kind === "failed" ? result.error.code : undefined,
});

let active: Tracing | undefined;

/** Undefined where no SDK has registered a provider: then a submit or a call pays for one comparison. */
export const activeTracing = (): Tracing | undefined => active;

/** Looks for a registered provider. A runtime does when it is made, so an SDK is started before. */
export function lookForTracing(): void {
  const provider = trace.getTracerProvider();
  const nobodys = new ProxyTracerProvider().getDelegate();
  const isRegistered = !(provider instanceof ProxyTracerProvider && provider.getDelegate() === nobodys);
  active = isRegistered ? new Tracing(trace.getTracer("holdfast")) : undefined;
}
