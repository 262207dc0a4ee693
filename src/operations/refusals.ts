import type { RuntimeConfig } from "../../config/types.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { Admission } from "../admission/admit.ts";
import { StorageError } from "../errors.ts";
import { isAllowed, type Principal } from "./principal.ts";
import { type Refused, refused } from "./outcome.ts";

/** Seconds a caller is asked to wait where nothing better is known. */
export const DEFAULT_RETRY_AFTER_SECONDS = 1;
/** A store that is full or failing is not better in a second. */
const STORE_RETRY_AFTER_SECONDS = 10;

export const stoppingRefusal = (): Refused =>
  refused("stopping", "The runtime is being stopped; submit to another instance or after its restart.", {
    retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS,
  });

/**
 * Who may read the definitions sees all of them. To others one that they may not submit is not there: a refusal that
 * named its permission would tell that it is.
 */
export const mayKnowOf = ({ permission }: { readonly permission: string }, principal: Principal): boolean =>
  isAllowed(principal, permission) || isAllowed(principal, "operation.read");

/** Names those that the caller may submit: of others it is not told that they are there. */
export const unknownOperationRefusal = (
  name: string,
  known: readonly { readonly name: string; readonly permission: string }[],
  principal: Principal,
): Refused => {
  const names = known.flatMap((definition) => (isAllowed(principal, definition.permission) ? definition.name : []));
  const there = names.length === 0 ? "none that you may submit" : names.join(", ");
  return refused("unknown_operation", `There is no operation ${JSON.stringify(name)} here; there are: ${there}.`);
};

export const overloadedRefusal = (message: string): Refused =>
  refused("overloaded", message, { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });

export const storageLostRefusal = (): Refused =>
  refused(
    "storage_lost",
    "The journal is lost to this process: nothing can be put on disk before a restart. What was accepted is on disk.",
    { retryAfterSeconds: STORE_RETRY_AFTER_SECONDS },
  );

/** Whole seconds until `retryAt`, at least one. */
export const retryAfterSeconds = (retryAt: number | undefined, now: number): number =>
  retryAt === undefined ? DEFAULT_RETRY_AFTER_SECONDS : Math.max(1, Math.ceil((retryAt - now) / 1_000));

/** A call of a dependency whose breaker has not closed. */
export const unavailableRefusal = (dependency: string, cause: Cause | undefined, seconds: number): Refused =>
  refused("unavailable", `${dependency} is not to be called now: ${cause?.what ?? "its breaker has not closed yet"}.`, {
    retryAfterSeconds: seconds,
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * No mode that a trigger has brought leaves before its condition has been gone for this long. (A trigger without such
 * a dwell says nothing; a pin may end earlier.)
 */
function shedUntil(now: number, retryAt: number | undefined, { triggers }: RuntimeConfig): number | undefined {
  const dwells = Object.values(triggers).flatMap(({ leaveDwellMs }) => (leaveDwellMs > 0 ? [leaveDwellMs] : []));
  const soonest = dwells.length === 0 ? undefined : now + Math.min(...dwells);
  return retryAt === undefined || (soonest !== undefined && soonest < retryAt) ? soonest : retryAt;
}

/** The policy does not run it, and it cannot or may not wait. */
export function policyRefusal(name: string, admission: Admission, now: number, config: RuntimeConfig): Refused {
  const { byPriority, retryAt } = admission;
  const seconds = retryAfterSeconds(byPriority ? shedUntil(now, retryAt, config) : retryAt, now);
  const why = admission.cause === undefined ? "" : `: ${admission.cause.what}`;
  return refused(
    byPriority ? "shed" : "unavailable",
    byPriority
      ? `The mode in force does not run the priority of ${name} now${why}.`
      : `${name} cannot wait, and what it depends on is not to be called now${why}.`,
    { retryAfterSeconds: seconds, ...(admission.cause === undefined ? {} : { cause: admission.cause }) },
  );
}

/** The journal did not take it, and has nothing of it. */
export function storageRefusal(error: unknown): Refused {
  if (!(error instanceof StorageError)) throw error;
  if (error.code === "queue_full" || error.code === "storage_full")
    return refused(error.code, error.message, { retryAfterSeconds: STORE_RETRY_AFTER_SECONDS });
  if (error.code === "storage_unavailable")
    return refused(error.code, error.message, { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
  return refused("storage_lost", `Nothing can be put on disk now: ${error.message}`, {
    retryAfterSeconds: STORE_RETRY_AFTER_SECONDS,
  });
}
