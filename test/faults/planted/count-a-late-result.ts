import * as real from "../../../src/dependencies/managed-dependency.ts";

export * from "../../../src/dependencies/managed-dependency.ts";

/** A result counts in the generation in which it comes back, not in the one in which its call began. */
export class ManagedDependency extends real.ManagedDependency {
  override succeeded(_: number, atMs?: number): void {
    super.succeeded(this.generation, atMs);
  }

  override failed(...[, error]: Parameters<real.ManagedDependency["failed"]>): void {
    super.failed(this.generation, error);
  }

  override callFailed(...[, thrown, sample]: Parameters<real.ManagedDependency["callFailed"]>) {
    return super.callFailed(this.generation, thrown, sample);
  }
}
