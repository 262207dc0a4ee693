import type { Attempt } from "../dependencies/attempt.ts";
import { DependencyError, type Effect, HandlerError, MisuseError } from "../errors.ts";
import type { TransactionScope } from "./transaction-scope.ts";

/**
 * One transaction of a graph, as `runOnce` drives it: of one operation, or of a batch, which differ in what the work
 * resolves to and what the caller is answered. None of these rejects with anything but a `DependencyError`.
 */
export interface OnceTransaction<Handle, Result, Answer> {
  readonly scope: TransactionScope;
  readonly handle: Handle;
  /** `unknown` from the moment at which a commit that may have an effect was sent. */
  readonly effect: Effect;
  /** Set when receipts say that there is nothing left to apply: what the caller is answered then. */
  readonly appliedBefore: Answer | undefined;
  /** Makes the effect and the receipt durable. Called once, when no call is outstanding. */
  commit(result: Result): Promise<Answer>;
  /** The handler has failed by itself: looks whether an earlier attempt had its effect, where that is not known yet. */
  findAppliedBefore(): Promise<Answer | undefined>;
  /** Gives up whatever is open, at once and for good. Never throws. */
  abort(): void;
}

/** The order of things in `ReceiptStore.once` and `onceBatch`, the same for every graph. */
export function runOnce<Handle, Result, Answer>(
  dependency: string,
  attempt: Attempt,
  transaction: OnceTransaction<Handle, Result, Answer>,
  work: (handle: Handle) => Promise<Result>,
): Promise<Answer> {
  if (attempt.ended) return Promise.reject(endedEarly(dependency, attempt, "none", false));
  return new Promise((resolve, reject) => {
    const stopListening = attempt.onEnd(() => {
      const { waiting } = transaction.scope;
      transaction.scope.close("ended");
      reject(endedEarly(dependency, attempt, transaction.effect, waiting));
      transaction.abort();
    });
    carryOut(transaction, work).finally(stopListening).then(resolve, reject);
  });
}

async function carryOut<Handle, Result, Answer>(
  transaction: OnceTransaction<Handle, Result, Answer>,
  work: (handle: Handle) => Promise<Result>,
): Promise<Answer> {
  const { scope } = transaction;
  const outcome = await settle(work, transaction.handle);
  scope.close("returned");
  await scope.settled();
  try {
    if (transaction.appliedBefore !== undefined) return transaction.appliedBefore;
    if (scope.failure !== undefined) throw scope.failure.error;
    // Its promise has been rejected already: what the handler did since must come to nothing.
    if (scope.ended) throw new MisuseError("transaction_closed", "The attempt has ended; nothing of it is committed.");
    if (!outcome.threw) return await transaction.commit(outcome.result);
    const before = await transaction.findAppliedBefore().catch(() => undefined);
    if (before !== undefined) return before;
    throw outcome.error;
  } finally {
    transaction.abort();
  }
}

type Settled<Result> =
  | { readonly threw: false; readonly result: Result }
  | { readonly threw: true; readonly error: unknown };

async function settle<Handle, Result>(
  work: (handle: Handle) => Promise<Result>,
  handle: Handle,
): Promise<Settled<Result>> {
  try {
    return { threw: false, result: await work(handle) };
  } catch (error) {
    return { threw: true, error };
  }
}

/**
 * Whose failure an early end is: the graph's while it owed an answer, else the handler's, which is told by the
 * reason with which the attempt was ended.
 */
function endedEarly(dependency: string, attempt: Attempt, effect: Effect, waiting: boolean): Error {
  const reason = attempt.endedBecause;
  if (effect === "unknown")
    return new DependencyError(
      "commit_unanswered",
      "The attempt ended before the graph had answered the commit: whether it took effect is not known.",
      {
        dependency,
        kind: "unavailable",
        effect,
        cause: reason,
      },
    );
  if (waiting)
    return new DependencyError(
      "call_unanswered",
      "The attempt ended before the graph had answered; nothing was committed.",
      {
        dependency,
        kind: "unavailable",
        effect,
        cause: reason,
      },
    );
  if (reason instanceof Error) return reason;
  return new HandlerError(
    "attempt_ended",
    "The attempt ended before its handler had finished; nothing was committed.",
    { cause: reason },
  );
}
