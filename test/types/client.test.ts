import {
  createHoldfastClient,
  type HoldfastClient,
  type HoldfastInputs,
  type HoldfastOutputs,
  type HoldfastCallError,
  holdfastErrorOf,
  safe,
} from "holdfast/client";
import { describe, expect, expectTypeOf, test } from "vitest";

/** True where `any` hides anywhere in a type, as deep as it goes; `Depth` bounds the walk through recursive causes. */
type HasAny<Type, Depth extends readonly unknown[] = []> = 0 extends 1 & Type
  ? true
  : Depth["length"] extends 8
    ? false
    : Type extends (...parameters: infer Parameters) => infer Result
      ? HasAny<Parameters, [...Depth, 0]> | HasAny<Result, [...Depth, 0]>
      : Type extends object
        ? { [Key in keyof Type]-?: HasAny<Type[Key], [...Depth, 0]> }[keyof Type]
        : false;

type HidesAny<Type> = true extends HasAny<Type> ? true : false;

/** What a subscription gives, one by one: an `AsyncIterable` by itself returns `any` when it ends. */
type Given = {
  [Area in keyof HoldfastOutputs]: {
    [Name in keyof HoldfastOutputs[Area]]: HoldfastOutputs[Area][Name] extends AsyncIterable<infer Item>
      ? Item
      : HoldfastOutputs[Area][Name];
  };
};

/** Each procedure with the inputs and answers it takes and gives. */
type Procedures = {
  [Area in keyof HoldfastInputs]: { [Name in keyof HoldfastInputs[Area]]: HoldfastInputs[Area][Name] };
};

describe("the client's types", () => {
  test("there is no any in what procedures take and give", () => {
    expectTypeOf<HidesAny<{ readonly deep: readonly { readonly here: any }[] }>>().toEqualTypeOf<true>(); // oxlint-disable-line typescript/no-explicit-any
    expectTypeOf<HidesAny<Procedures>>().toEqualTypeOf<false>();
    expectTypeOf<HidesAny<Given>>().toEqualTypeOf<false>();
  });

  test("answers are narrowed by their status", () => {
    const read = async (holdfast: HoldfastClient): Promise<string | number> => {
      const outcome = await holdfast.operations.submit.mutate({ name: "document.ingest", input: { id: "grill" } });
      expectTypeOf(outcome.status).toEqualTypeOf<"completed" | "queued" | "refused" | "failed">();
      if (outcome.status === "refused") return outcome.retryAfterSeconds;
      if (outcome.status === "failed") return outcome.error.code;
      if (outcome.status === "queued") return outcome.because;
      expectTypeOf(outcome.source).toEqualTypeOf<"execution" | "fallback">();
      return outcome.valueOmitted ? "omitted" : typeof outcome.value;
    };
    expectTypeOf(read).toBeFunction();
  });

  test("the status names modes and their reasons", () => {
    type Status = HoldfastOutputs["degradation"]["status"];
    type Mode =
      | "normal"
      | "reduced_performance"
      | "local_queue"
      | "memory_constrained"
      | "selective_processing"
      | "emergency_mode";
    expectTypeOf<Status["currentMode"]>().toEqualTypeOf<Mode>();
    expectTypeOf<Status["modes"][number]["mode"]>().toEqualTypeOf<Mode>();
    expectTypeOf<Status["modes"][number]["reason"]>().toEqualTypeOf<string>();
    expectTypeOf<Status["queue"]["dead"]>().toEqualTypeOf<number>();
  });

  test("a loop over changes reads them without their envelope", () => {
    const read = async (holdfast: HoldfastClient): Promise<void> => {
      for await (const change of holdfast.degradation.watch.subscribe()) {
        expectTypeOf(change.explanation).toEqualTypeOf<string>();
        expectTypeOf(change.eventId).toEqualTypeOf<string>();
        if (change.kind === "missed") expectTypeOf(change.missed).toEqualTypeOf<number>();
      }
      holdfast.alerts.watch.subscribe({}, { onData: ({ id }) => expectTypeOf(id).toEqualTypeOf<string>() });
    };
    expectTypeOf(read).toBeFunction();
  });

  test("a safe call gives its value or an error with a reason", () => {
    const read = async (holdfast: HoldfastClient): Promise<string> => {
      const [answer, error] = await safe(holdfast.degradation.release.mutate({ reason: "over" }));
      if (error !== undefined) {
        expectTypeOf(error).toExtend<HoldfastCallError>();
        expectTypeOf<"forbidden" | "not_connected" | "version_mismatch">().toExtend<typeof error.reason>();
        // @ts-expect-error no procedure answers this
        if (error.reason === "frobidden") return "misspelled";
        expectTypeOf(error.retryable).toEqualTypeOf<boolean>();
        return error.reason;
      }
      expectTypeOf(answer.status).toEqualTypeOf<"released" | "conflict" | "unavailable">();
      return answer.status;
    };
    expectTypeOf(read).toBeFunction();
  });

  test("wrong inputs are type errors", () => {
    const wrong = (holdfast: HoldfastClient) => [
      // @ts-expect-error a reason is missing
      () => holdfast.operations.cancel.mutate({ operationId: "op_1" }),
      // @ts-expect-error there is no such state
      () => holdfast.operations.list.query({ state: "waiting" }),
      // @ts-expect-error a query is not a mutation
      () => holdfast.degradation.status.mutate(),
      // @ts-expect-error who acts is not for the caller to say
      () => holdfast.operations.submit.mutate({ name: "document.ingest", principal: { id: "anna" } }),
    ];
    expectTypeOf(wrong).toBeFunction();
  });

  test("an error that the server did not send says nothing", () => {
    expect(holdfastErrorOf(new Error("fetch failed"))).toBeUndefined();
    expectTypeOf(holdfastErrorOf).returns.toExtend<
      { readonly reason: string; readonly retryable: boolean; readonly message: string } | undefined
    >();
    expectTypeOf(createHoldfastClient).returns.toEqualTypeOf<HoldfastClient>();
  });
});
