import * as real from "../../../src/dependencies/concurrency-limit.ts";

/** While a backlog drains, callers may have the whole limit. */
export class ConcurrencyLimit extends real.ConcurrencyLimit {
  override apply(factor: number): void {
    super.apply(factor, 0);
  }
}
