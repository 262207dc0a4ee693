import type { RuntimeConfig } from "../../config/types.ts";
import { ConcurrencyLimit } from "../dependencies/concurrency-limit.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import { ManagedDependency } from "../dependencies/managed-dependency.ts";
import { MisuseError } from "../errors.ts";
import type { Clock, Logger } from "../ports.ts";
import type { Pool } from "../queue/pool.ts";
import type { AnyOperationDefinition } from "./define-operation.ts";
import { dependenciesOfPool, poolNameOf, type RegisteredOperation, registerOperation } from "./registered-operation.ts";

/** The definitions and dependencies of a runtime, checked against each other before anything is opened. */
export interface Catalog {
  readonly definitions: readonly AnyOperationDefinition[];
  readonly dependencies: ReadonlyMap<string, Dependency>;
  readonly poolNames: readonly string[];
}

/**
 * @throws MisuseError `duplicate_definition`, `duplicate_dependency`
 */
export function catalogOf(definitions: readonly AnyOperationDefinition[], extra: readonly Dependency[]): Catalog {
  const names = new Set<string>();
  const dependencies = new Map<string, Dependency>();
  const add = (dependency: Dependency): void => {
    const known = dependencies.get(dependency.name);
    if (known !== undefined && known !== dependency)
      throw new MisuseError(
        "duplicate_dependency",
        `There are two dependencies named ${dependency.name}; make one and share it, or name them apart.`,
      );
    dependencies.set(dependency.name, dependency);
  };
  for (const definition of definitions) {
    if (names.has(definition.name))
      throw new MisuseError(
        "duplicate_definition",
        `The operation ${definition.name} is defined twice; every name has one definition, and older versions are migrated by migrateInput.`,
      );
    names.add(definition.name);
    for (const dependency of Object.values(definition.dependsOn)) add(dependency);
  }
  for (const dependency of extra) add(dependency);
  return { definitions, dependencies, poolNames: [...new Set(definitions.map(poolNameOf))] };
}

/** Everything by the small numbers that the journal has given it. */
export class OperationRegistry {
  readonly dependencies: ReadonlyMap<string, ManagedDependency>;
  readonly pools: readonly Pool[];
  readonly #byName = new Map<string, RegisteredOperation>();
  readonly #poolById = new Map<number, Pool>();

  constructor(
    catalog: Catalog,
    ids: { readonly pools: readonly number[]; readonly definitions: readonly number[] },
    config: RuntimeConfig,
    clock: Clock,
    logger: Logger,
  ) {
    this.dependencies = new Map(
      [...catalog.dependencies].map(([name, dependency]) => [
        name,
        new ManagedDependency(dependency, config, clock, logger),
      ]),
    );
    this.pools = catalog.poolNames.map((name, index) => {
      const dependencies = dependenciesOfPool(name).map((dependency) => this.dependencies.get(dependency)!);
      // What depends on nothing is limited too: by a limit of its own, which has no breaker, no slow start and
      // nothing to adapt to.
      const limits =
        dependencies.length > 0
          ? dependencies.map(({ limit }) => limit)
          : [new ConcurrencyLimit({ ...config.concurrency, slowStartMs: 0, adaptive: false })];
      const isBatched = catalog.definitions
        .filter((definition) => definition.queueable && poolNameOf(definition) === name)
        .every(({ maximumBatchItems }) => maximumBatchItems > 1);
      return { id: ids.pools[index]!, name, dependencies, limits, isBatched };
    });
    for (const pool of this.pools) this.#poolById.set(pool.id, pool);
    for (const [index, definition] of catalog.definitions.entries()) {
      const poolId = ids.pools[catalog.poolNames.indexOf(poolNameOf(definition))]!;
      this.#byName.set(
        definition.name,
        registerOperation(
          definition,
          this.dependencies,
          { definitionId: ids.definitions[index]!, poolId },
          config.operations,
          config.concurrency.abandonAfterMs,
        ),
      );
    }
  }

  get operations(): readonly RegisteredOperation[] {
    return [...this.#byName.values()];
  }

  byName(name: string): RegisteredOperation | undefined {
    return this.#byName.get(name);
  }

  /** @throws MisuseError `unknown_operation` */
  of(definition: AnyOperationDefinition): RegisteredOperation {
    const registered = this.#byName.get(definition.name);
    if (registered === undefined || registered.definition !== definition)
      throw new MisuseError(
        "unknown_operation",
        `The operation ${definition.name} is not one of this runtime's; give this very definition to createRuntime({ operations }).`,
      );
    return registered;
  }

  /** @throws MisuseError `missing_dependency` */
  dependency(name: string): ManagedDependency {
    const managed = this.dependencies.get(name);
    if (managed === undefined)
      throw new MisuseError(
        "missing_dependency",
        `This runtime does not have the dependency ${name}; give it to createRuntime({ dependencies }).`,
      );
    return managed;
  }

  pool(id: number): Pool | undefined {
    return this.#poolById.get(id);
  }
}
