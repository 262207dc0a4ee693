import type { ConcurrencyLimit } from "../dependencies/concurrency-limit.ts";
import type { ManagedDependency } from "../dependencies/managed-dependency.ts";

/** A pool: the operations with one set of dependencies, claimed together. */
export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly dependencies: readonly ManagedDependency[];
  /** Its dependencies' limits; one of its own where it has no dependency. */
  readonly limits: readonly ConcurrencyLimit[];
  /** Everything that can wait in it is executed in batches. */
  readonly isBatched: boolean;
}
