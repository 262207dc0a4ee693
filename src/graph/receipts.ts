import { DependencyError, HoldfastError } from "../errors.ts";

/** What a replay's handler meets at its first call: there is nothing left to do. `once` resolves all the same. */
export class AppliedBefore extends HoldfastError {
  constructor() {
    super("applied_before", "An earlier attempt of this operation has had its effect; this one applies nothing.");
  }
}

/** The incarnation was closed by a fence while this attempt was still under way. */
export const fencedError = (dependency: string): DependencyError =>
  new DependencyError("fenced", "A fence forbids this incarnation of the operation any effect; nothing was applied.", {
    dependency,
    kind: "rejected",
    effect: "none",
  });

/** A batch met a receipt that it had taken for new. Seen by nobody but the batch, which begins anew. */
export const receiptsChanged = (dependency: string): DependencyError =>
  new DependencyError(
    "receipts_changed",
    "An operation of this batch has a receipt that was not known of; nothing of the batch was applied. Try again.",
    { dependency, kind: "contention", effect: "none" },
  );
