import { type CallHandle, defineOperation, dependency, type Outcome, type Refused, type Runtime } from "holdfast";
import { embeddedGraph, type GraphTransaction } from "holdfast/graph";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";

const graph = embeddedGraph({
  file: "types.db",
  nodes: { Equipment: { key: "id" } },
  relationships: { PART_OF: { from: "Equipment", to: "Equipment" } },
});
const search = dependency({ name: "search", probe: () => undefined });

const record = defineOperation({
  name: "equipment.record",
  version: 1,
  input: z.object({ id: z.string(), at: z.coerce.date(), celsius: z.number().default(20) }),
  dependsOn: { graph, search },
  execute: async ({ input, graph: transaction, search: searching, signal, operationId, attempt }) => {
    expectTypeOf(input).toEqualTypeOf<{ id: string; at: Date; celsius: number }>();
    expectTypeOf(transaction).toExtend<GraphTransaction<{ Equipment: { key: "id" } }>>();
    expectTypeOf(searching).toEqualTypeOf<CallHandle>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(operationId).toBeString();
    expectTypeOf(attempt).toBeNumber();
    return { rows: 1, label: "Equipment" as const };
  },
});

const forget = defineOperation({ name: "equipment.forget", version: 1, input: z.string(), execute: () => undefined });

declare const runtime: Runtime;

// Never called: only its types are looked at, by the type check.
const submits = {
  record: () => runtime.submit(record, { id: "fryer-3", at: "2026-11-25" }),
  many: () => runtime.submitMany(record, [{ id: "fryer-3", at: new Date() }]),
  forget: () => runtime.submit(forget, "fryer-3"),
  byName: () => runtime.submitByName("equipment.record", { anything: true }),
};

type Answer<Name extends keyof typeof submits> = Awaited<ReturnType<(typeof submits)[Name]>>;

describe("the types of submit", () => {
  test("the outcome's value has the type that execute returns", () => {
    type Value = { rows: number; label: "Equipment" };
    expectTypeOf<Answer<"record">>().toEqualTypeOf<Outcome<Value>>();
    expectTypeOf<Answer<"many">>().toEqualTypeOf<readonly Outcome<Value>[]>();
    expectTypeOf<Answer<"forget">>().toEqualTypeOf<Outcome<undefined>>();
    expectTypeOf<Answer<"byName">>().toEqualTypeOf<Outcome<unknown>>();
  });

  test("a value is there only when completed, and not when it was omitted", () => {
    const read = (outcome: Answer<"record">): number | undefined => {
      // @ts-expect-error an outcome that may be a refusal has no value
      void outcome.value;
      if (outcome.status !== "completed") return undefined;
      expectTypeOf(outcome.value).toEqualTypeOf<{ rows: number; label: "Equipment" } | undefined>();
      return outcome.valueOmitted ? undefined : outcome.value.rows;
    };
    expectTypeOf(read).toBeFunction();
  });

  test("the four outcomes are all there are", () => {
    const read = (outcome: Outcome<number>): string => {
      switch (outcome.status) {
        case "completed":
          return outcome.source;
        case "queued":
          return outcome.because;
        case "refused":
          expectTypeOf(outcome).toEqualTypeOf<Refused>();
          return outcome.reason;
        case "failed":
          return outcome.error.code;
        default:
          expectTypeOf(outcome).toBeNever();
          return outcome;
      }
    };
    expectTypeOf(read).toBeFunction();
  });

  test("what the schema does not take is a type error", () => {
    // @ts-expect-error a property is missing
    const missing = () => runtime.submit(record, { id: "fryer-3" });
    // @ts-expect-error a property has another type
    const wrong = () => runtime.submit(record, { id: 3, at: "2026-11-25" });
    // @ts-expect-error there is no such priority
    const urgent = () => runtime.submit(forget, "fryer-3", { priority: "urgent" });
    expectTypeOf([missing, wrong, urgent]).toBeArray();
  });

  test("a handler sees only the labels and dependencies that were declared", () => {
    defineOperation({
      name: "labels",
      version: 1,
      input: z.string(),
      dependsOn: { graph },
      execute: async (context) => {
        // @ts-expect-error the label is not declared
        await context.graph.mergeNodes("Equipmnt", []);
        // @ts-expect-error search is not a dependency of this operation
        void context.search;
      },
    });
  });

  test("executeBatch gets the inputs and the transaction of execute, and answers a value per item", () => {
    const batched = defineOperation({
      name: "equipment.batched",
      version: 1,
      input: z.object({ id: z.string(), at: z.coerce.date() }),
      dependsOn: { graph },
      execute: () => ({ rows: 1 }),
      executeBatch: async ({ items, graph: transaction, signal }) => {
        const [first] = items;
        expectTypeOf(first!.input).toEqualTypeOf<{ id: string; at: Date }>();
        expectTypeOf(first!.attempt).toBeNumber();
        expectTypeOf(transaction).toExtend<GraphTransaction<{ Equipment: { key: "id" } }>>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        // @ts-expect-error the items have inputs, the batch has none
        void items.input;
        return items.map(() => ({ rows: 1 }));
      },
    });
    const answer = () => runtime.submit(batched, { id: "fryer-3", at: new Date() });
    expectTypeOf<Awaited<ReturnType<typeof answer>>>().toEqualTypeOf<Outcome<{ rows: number }>>();

    const common = { name: "a", version: 1, input: z.string(), dependsOn: { graph } } as const;
    defineOperation({ ...common, execute: () => {}, executeBatch: async () => {} });
    // @ts-expect-error each item has a value, as execute has
    defineOperation({ ...common, execute: () => 1, executeBatch: async () => {} });
    // @ts-expect-error the values are of another type than that of execute
    defineOperation({ ...common, execute: () => 1, executeBatch: async () => ["one"] });
  });
});
