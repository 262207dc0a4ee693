import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RetrySettings } from "../../config/types.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import { PRIORITIES, type Priority } from "../../machines/contracts/priority.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import { MisuseError } from "../errors.ts";
import { SUBMIT_PERMISSION } from "../security/access/permissions.ts";

/** The dependencies of an operation by the names under which its handler gets them. */
export type Dependencies = Readonly<Record<string, Dependency>>;

/** What a handler gets for its dependencies: `{ graph }` becomes the graph's transaction. */
export type Handles<Uses extends Dependencies> = {
  readonly [Name in keyof Uses]: Uses[Name] extends Dependency<infer Handle> ? Handle : never;
};

export interface ExecutionContext<Input> {
  /** The stored input, parsed by the schema anew for each attempt. */
  readonly input: Input;
  readonly operationId: string;
  /** Counts from 1. Interruptions (a crash, an outage) do not count. */
  readonly attempt: number;
  readonly principal: string;
  /** Aborted when the attempt ends early. A getter: who does not read it does not pay for it. */
  readonly signal: AbortSignal;
}

/** One operation of a batch. */
export type BatchItemContext<Input> = Omit<ExecutionContext<Input>, "signal">;

export interface BatchExecutionContext<Input> {
  /** Those that have not had their effect yet, in the order in which it is to happen; operations of one lane in their order. */
  readonly items: readonly BatchItemContext<Input>[];
  /** Aborted when the attempt, which is one for all, ends early. A getter: who does not read it does not pay for it. */
  readonly signal: AbortSignal;
}

/** What `executeBatch` answers: one value per item, in their order; nothing where `execute` has no value. */
export type BatchValues<Value> = [Value] extends [undefined | void]
  ? undefined | void | readonly Value[]
  : readonly Value[];

export interface OperationOptions<
  Name extends string = string,
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Uses extends Dependencies = Dependencies,
  Value = unknown,
> {
  /** Unique within a runtime; stored with every operation. */
  readonly name: Name;
  /** Whole number from 1. Raise it when the stored input's shape changes, and give `migrateInput`. */
  readonly version: number;
  /** Any Standard Schema validator (zod, valibot, arktype, …); may be asynchronous. */
  readonly input: Schema;
  readonly dependsOn?: Uses;
  /** Default `normal`. */
  readonly priority?: Priority;
  /** What the principal must be allowed; default `operation.submit`. */
  readonly permission?: string;
  /** Operations with one ordering key take effect in the order of acceptance. Lanes are global: put the kind into the key. */
  readonly orderingKey?: (input: StandardSchemaV1.InferOutput<Schema>) => string | undefined;
  /** Operations of one principal with one key are one operation. A key given to `submit` comes first. */
  readonly idempotencyKey?: (input: StandardSchemaV1.InferOutput<Schema>) => string | undefined;
  /** How long `submit` waits before it answers `queued`. Milliseconds; default 5 s. */
  readonly answerWithinMs?: number;
  /** What one attempt may take. Milliseconds; default 30 s. */
  readonly attemptTimeoutMs?: number;
  /** Life in the queue. Milliseconds; default 7 days. */
  readonly expiresAfterMs?: number;
  readonly retry?: Partial<RetrySettings>;
  /** False for what makes no sense later (reads): it stays off the disk, and is refused when it cannot run now. Default true. */
  readonly queueable?: boolean;
  /**
   * Answers instead of a refusal when an operation that cannot wait cannot run, and when the mode in force refuses an
   * operation's priority. The outcome then says `source: "fallback"`, and nothing of the operation is tried.
   */
  readonly fallback?: (context: {
    readonly input: StandardSchemaV1.InferOutput<Schema>;
    readonly cause: Cause;
  }) => Value | Promise<Value>;
  /** `park` (default): the lane waits behind a dead letter for a person. `skip`: the lane goes on. */
  readonly onDeadLetter?: "park" | "skip";
  /** Turns the stored input of an older version into today's, before it is validated. */
  readonly migrateInput?: (input: unknown, fromVersion: number) => unknown;
  /**
   * Does the work. Called once per attempt, with the transaction of at most one dependency that keeps receipts:
   * its effect then happens once, however often this is called.
   */
  readonly execute: (
    context: ExecutionContext<StandardSchemaV1.InferOutput<Schema>> & Handles<Uses>,
  ) => Value | Promise<Value>;
  /**
   * Does the work of many operations in one transaction, where a backlog is drained: one statement for all of them
   * instead of one each. Must have the effect that `execute` would have for one after the other; live calls, and what
   * comes alone, still go through `execute`. What it applies is applied for operations that have not had their effect
   * only; should one turn out to have had it, nothing is applied and it is called again without that one. When one
   * fails by its own fault, the batch is halved until that one is found; the others are executed. Only for queueable
   * operations whose one dependency keeps receipts.
   *
   * @example
   * executeBatch: ({ items, graph }) =>
   *   graph.mergeNodes("Equipment", items.map(({ input }) => ({ id: input.equipmentId, celsius: input.celsius }))),
   */
  readonly executeBatch?: (
    context: BatchExecutionContext<StandardSchemaV1.InferOutput<Schema>> & Handles<Uses>,
  ) => BatchValues<NoInfer<Value>> | Promise<BatchValues<NoInfer<Value>>>;
  /** Most operations in one batch: whole number from 1 to 1,000; default 500. */
  readonly maximumBatchItems?: number;
}

/** A definition, checked and frozen. Made by `defineOperation`. */
export interface OperationDefinition<
  Name extends string = string,
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Uses extends Dependencies = Dependencies,
  Value = unknown,
> extends OperationOptions<Name, Schema, Uses, Value> {
  readonly dependsOn: Uses;
  readonly priority: Priority;
  readonly permission: string;
  readonly queueable: boolean;
  readonly onDeadLetter: "park" | "skip";
  /** 1 without `executeBatch`. */
  readonly maximumBatchItems: number;
}

/**
 * A definition whose types have been forgotten: what registries and lists hold. Methods are compared
 * bivariantly, which is what lets every definition be one of these.
 */
export interface AnyOperationDefinition {
  readonly name: string;
  readonly version: number;
  readonly input: StandardSchemaV1;
  readonly dependsOn: Readonly<Record<string, Dependency>>;
  readonly priority: Priority;
  readonly permission: string;
  readonly queueable: boolean;
  readonly onDeadLetter: "park" | "skip";
  readonly maximumBatchItems: number;
  readonly answerWithinMs?: number;
  readonly attemptTimeoutMs?: number;
  readonly expiresAfterMs?: number;
  readonly retry?: Partial<RetrySettings>;
  orderingKey?(input: unknown): string | undefined;
  idempotencyKey?(input: unknown): string | undefined;
  fallback?(context: { readonly input: unknown; readonly cause: Cause }): unknown;
  migrateInput?(input: unknown, fromVersion: number): unknown;
  execute(context: never): unknown;
  executeBatch?(context: never): unknown;
}

/** What a caller passes to `submit` for a definition. */
export type InputOf<Definition extends AnyOperationDefinition> = StandardSchemaV1.InferInput<Definition["input"]>;

/** What `completed` carries for a definition. */
export type ValueOf<Definition extends AnyOperationDefinition> = Awaited<ReturnType<Definition["execute"]>>;

const DEFAULT_BATCH_ITEMS = 500;
const MOST_BATCH_ITEMS = 1_000;
const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;

/**
 * Defines an operation: a named, versioned, typed unit of work.
 *
 * @throws MisuseError `invalid_definition` when a part cannot work: a bad name, a version below 1, an unknown priority,
 *   a time that is not positive, more than one dependency with receipts… said with the part's name.
 */
export function defineOperation<
  const Name extends string,
  Schema extends StandardSchemaV1,
  const Uses extends Dependencies = Record<never, never>,
  Value = void,
>(options: OperationOptions<Name, Schema, Uses, Value>): OperationDefinition<Name, Schema, Uses, Value> {
  const { name, version, priority = "normal" } = options;
  const invalid = (part: string, why: string): never => {
    throw new MisuseError("invalid_definition", `Operation ${JSON.stringify(name)}: ${part} ${why}.`);
  };
  if (typeof name !== "string" || !NAME_PATTERN.test(name))
    invalid(
      "name",
      "must start with a letter and have only letters, digits, dots, dashes and underscores (128 at most)",
    );
  if (!Number.isSafeInteger(version) || version < 1) invalid("version", "must be a whole number from 1");
  if (typeof options.input?.["~standard"]?.validate !== "function")
    invalid("input", "must be a Standard Schema validator, for example z.object({ … })");
  if (!PRIORITIES.includes(priority)) invalid("priority", `must be one of ${PRIORITIES.join(", ")}`);
  if (typeof options.execute !== "function") invalid("execute", "must be a function");
  for (const part of ["answerWithinMs", "attemptTimeoutMs", "expiresAfterMs"] as const) {
    const value = options[part];
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      invalid(part, "must be a positive number of milliseconds");
  }
  for (const [property, dependency] of Object.entries(options.dependsOn ?? {})) {
    if (RESERVED.has(property)) invalid(`dependsOn.${property}`, "has a name that handlers get for something else");
    if (typeof (dependency as Dependency | undefined)?.connect !== "function")
      invalid(`dependsOn.${property}`, "is not a dependency; make one with dependency(), embeddedGraph() or neo4j()");
  }
  const maximumBatchItems = checkBatch(options, invalid);
  return Object.freeze({
    ...options,
    maximumBatchItems,
    dependsOn: Object.freeze({ ...options.dependsOn }) as Uses,
    priority,
    permission: options.permission ?? SUBMIT_PERMISSION,
    queueable: options.queueable ?? true,
    onDeadLetter: options.onDeadLetter ?? "park",
  });
}

const RESERVED = new Set(["input", "items", "operationId", "attempt", "principal", "signal"]);

/** How many operations may share a batch. That the one dependency keeps receipts is known only to a runtime. */
function checkBatch(
  {
    executeBatch,
    maximumBatchItems,
    queueable,
    dependsOn,
  }: {
    readonly executeBatch?: unknown;
    readonly maximumBatchItems?: number | undefined;
    readonly queueable?: boolean | undefined;
    readonly dependsOn?: object | undefined;
  },
  invalid: (part: string, why: string) => never,
): number {
  if (executeBatch === undefined) {
    // 1 is what a definition without batches says of itself, and definitions are made from others.
    if (maximumBatchItems !== undefined && maximumBatchItems !== 1) invalid("maximumBatchItems", "needs executeBatch");
    return 1;
  }
  if (typeof executeBatch !== "function") invalid("executeBatch", "must be a function");
  if (queueable === false) invalid("executeBatch", "is for a backlog, and what is not queueable has none");
  if (Object.keys(dependsOn ?? {}).length !== 1)
    invalid(
      "executeBatch",
      "needs exactly one dependency, one that keeps receipts: a call to another could not be undone with the batch",
    );
  const items = maximumBatchItems ?? DEFAULT_BATCH_ITEMS;
  if (!Number.isSafeInteger(items) || items < 1 || items > MOST_BATCH_ITEMS)
    invalid("maximumBatchItems", `must be a whole number from 1 to ${MOST_BATCH_ITEMS}`);
  return items;
}
