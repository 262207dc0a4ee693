import { describe, expect, expectTypeOf, test } from "vitest";
import type { Outcome } from "holdfast";
import type { ErrorSummary } from "../../src/errors.ts";
import { appRouter, type Context, PERMISSIONS } from "../../routers/app.router.ts";
import { authorize } from "../../routers/middleware/authorize.ts";
import { ASKED_BY_OPERATION } from "../../routers/permissions.ts";
import type { CommonReason } from "../../routers/reasons.ts";
import type { WireOutcome } from "../../routers/schemas/outcome.ts";
import * as trpc from "../../routers/trpc.ts";

const { order, procedure } = trpc;

describe("the routers' types", () => {
  test("a procedure without a permission, a place in REST and a sentence is a type error", () => {
    // @ts-expect-error no permission
    const open = procedure();
    // @ts-expect-error no such permission
    const misspelled = procedure("operation.reed", "GET /api/v4/operations", "Reads.");
    // @ts-expect-error no place in REST
    const unplaced = procedure("operation.read");
    // @ts-expect-error not a route of ours
    const elsewhere = procedure("operation.read", "GET /operations", "Reads.");
    // @ts-expect-error no permission
    const ordered = order();
    expectTypeOf(procedure).parameter(0).toEqualTypeOf<(typeof PERMISSIONS)[number] | typeof ASKED_BY_OPERATION>();
    expectTypeOf(order).parameters.toEqualTypeOf<Parameters<typeof procedure>>();
    expect([open, misspelled, unplaced, elsewhere, ordered]).toHaveLength(5);
    // Nothing else that routers/trpc.ts exports makes one.
    expect(Object.keys(trpc).sort()).toEqual(["createCallerFactory", "order", "procedure", "router"]);
  });

  test("every procedure of the router has declared them, and no two have one place", () => {
    const procedures = Object.entries(
      appRouter._def.procedures as unknown as Record<
        string,
        { _def: { meta?: { permission?: unknown; rest: string; summary: string } } }
      >,
    );
    const places = procedures.map(([, { _def }]) => _def.meta?.rest);
    expect(new Set(places).size).toBe(procedures.length);
    for (const [, { _def }] of procedures) expect(_def.meta?.summary).toMatch(/^[A-Z].*[.]$/s);
    expect(procedures.length).toBeGreaterThanOrEqual(9);
    for (const [path, { _def }] of procedures)
      expect([path, [...PERMISSIONS, ASKED_BY_OPERATION]]).toEqual([
        path,
        expect.arrayContaining([_def.meta?.permission]),
      ]);
  });

  test("a procedure that has none all the same is closed to everybody", () => {
    expect(() => authorize({ id: "anna", permissions: "*" }, undefined)).toThrow("declares no permission");
    expect(() => authorize({ id: "anna", permissions: ["operation.read"] }, "operation.cancel")).toThrow(
      "anna may not do this: it asks for operation.cancel",
    );
    expect(() => authorize({ id: "anna", permissions: ["operation.read"] }, "operation.read")).not.toThrow();
  });

  test("every outcome of the runtime has a form on the wire", () => {
    expectTypeOf<Exclude<Outcome, { status: "failed" }>>().toExtend<WireOutcome>();
    expectTypeOf<Readonly<Extract<WireOutcome, { status: "failed" }>["error"]>>().toEqualTypeOf<ErrorSummary>();
    expectTypeOf<WireOutcome["status"]>().toEqualTypeOf<Outcome["status"]>();
  });

  test("the context is three things, what the request's headers ask for, and faults in development", () => {
    expectTypeOf<keyof Context>().toEqualTypeOf<"runtime" | "principal" | "requestId" | "preferences" | "faults">();
    expectTypeOf<Pick<Context, "runtime" | "principal" | "requestId">>().toExtend<Context>();
  });

  test("a client can tell a procedure's errors apart by the reasons that it declares, and knows no others", () => {
    type ReasonOf<Procedure extends { _def: { $types: { errorShape: { data: { reason: string } } } } }> =
      Procedure["_def"]["$types"]["errorShape"]["data"]["reason"];
    type Router = typeof appRouter;
    expectTypeOf<ReasonOf<Router["degradation"]["status"]>>().toEqualTypeOf<CommonReason>();
    expectTypeOf<ReasonOf<Router["degradation"]["configure"]>>().toEqualTypeOf<
      CommonReason | "unknown_trigger" | "invalid_setting" | "invalid_threshold"
    >();
    // @ts-expect-error nobody has said what this is over HTTP
    const undeclared = procedure("operation.read", "GET /api/v4/x", "X.", { reasons: ["bad_weather"] });
    expect(undeclared).toBeDefined();
  });
});
