import * as real from "../../../src/dependencies/managed-dependency.ts";

export * from "../../../src/dependencies/managed-dependency.ts";

/** As much runs at once as ever, whatever a mode asks for. */
export class ManagedDependency extends real.ManagedDependency {
  override apply(policy: Parameters<real.ManagedDependency["apply"]>[0]): void {
    super.apply({ ...policy, concurrencyFactor: 1 });
  }
}
