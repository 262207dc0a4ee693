import type { OperationSettings, RetrySettings } from "../../config/types.ts";
import type { ManagedDependency } from "../dependencies/managed-dependency.ts";
import { MisuseError } from "../errors.ts";
import type { AnyOperationDefinition } from "./define-operation.ts";

/** A definition within one runtime, with everything that a call would otherwise look up. */
export interface RegisteredOperation {
  readonly definition: AnyOperationDefinition;
  readonly definitionId: number;
  readonly poolId: number;
  /** Its dependencies, by the property under which the handler gets them. */
  readonly uses: readonly { readonly property: string; readonly dependency: ManagedDependency }[];
  readonly dependencyNames: readonly string[];
  /** The one that keeps receipts, if any. */
  readonly receipted: { readonly property: string; readonly dependency: ManagedDependency } | undefined;
  readonly answerWithinMs: number;
  readonly attemptTimeoutMs: number;
  readonly expiresAfterMs: number;
  readonly retry: RetrySettings;
  /** A handler that goes on after its attempt keeps its permits this long at most. */
  readonly abandonAfterMs: number;
}

/** The name of the set of dependencies an operation needs: operations of one pool are claimed together. */
export const poolNameOf = (definition: AnyOperationDefinition): string =>
  [...new Set(Object.values(definition.dependsOn).map((dependency) => dependency.name))].sort().join("+");

/** The dependencies behind a pool's name. */
export const dependenciesOfPool = (poolName: string): readonly string[] => (poolName === "" ? [] : poolName.split("+"));

export function registerOperation(
  definition: AnyOperationDefinition,
  dependencies: ReadonlyMap<string, ManagedDependency>,
  ids: { readonly definitionId: number; readonly poolId: number },
  settings: OperationSettings,
  /** Where it has no dependency that says. */
  abandonAfterMs: number,
): RegisteredOperation {
  const uses = Object.entries(definition.dependsOn).map(([property, { name }]) => {
    const dependency = dependencies.get(name);
    if (dependency === undefined)
      throw new MisuseError(
        "missing_dependency",
        `Operation ${definition.name} depends on ${name}, which this runtime does not have.`,
      );
    return { property, dependency };
  });
  const receipted = uses.filter(({ dependency }) => dependency.connection.receipts !== undefined);
  if (receipted.length > 1)
    throw new MisuseError(
      "invalid_definition",
      `Operation ${definition.name} depends on ${receipted.map(({ dependency }) => dependency.name).join(" and ")}, which both keep receipts: an effect can be made once in one of them only. Split the operation.`,
    );
  if (definition.executeBatch !== undefined && receipted.length === 0)
    throw new MisuseError(
      "invalid_definition",
      `Operation ${definition.name}: executeBatch needs a dependency that keeps receipts, and ${uses.map(({ dependency }) => dependency.name).join(", ")} keeps none: after a failure nobody could tell whose effect has happened.`,
    );
  return {
    definition,
    ...ids,
    uses,
    dependencyNames: uses.map(({ dependency }) => dependency.name),
    receipted: receipted[0],
    answerWithinMs: definition.answerWithinMs ?? settings.answerWithinMs,
    attemptTimeoutMs: definition.attemptTimeoutMs ?? settings.attemptTimeoutMs,
    expiresAfterMs: definition.expiresAfterMs ?? settings.expiresAfterMs,
    retry: { ...settings.retry, ...definition.retry },
    abandonAfterMs:
      uses.length === 0 ? abandonAfterMs : Math.max(...uses.map(({ dependency }) => dependency.abandonAfterMs)),
  };
}
