import { TRPCError } from "@trpc/server";
import { HoldfastError, InvalidValueError, MisuseError, StorageError } from "holdfast";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { errorShape } from "../../routers/app.router.ts";
import { toTRPCError } from "../../routers/middleware/to-trpc-error.ts";
import { procedure, router, createCallerFactory } from "../../routers/trpc.ts";

const where = { path: "operations.get", requestId: "request-1" };

describe("what a caller is told about an error", () => {
  test("nothing of one that we did not write", () => {
    const cause = new Error("connect bolt://neo4j:hunter2@graph failed");
    const { message, data } = errorShape(
      new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: cause.message, cause }),
      where,
    );
    expect(message).toBe("This is a fault on our side; the server's log has the details of request request-1.");
    expect(data).toEqual({
      code: "INTERNAL_SERVER_ERROR",
      httpStatus: 500,
      reason: "internal_error",
      retryable: false,
      ...where,
    });
  });

  test.each([
    [new MisuseError("reason_missing", "Say why."), "BAD_REQUEST", 400, false],
    [new MisuseError("not_running", "Stopped."), "SERVICE_UNAVAILABLE", 503, false],
    [new StorageError("storage_failed", "The disk is gone.", { retryable: true }), "SERVICE_UNAVAILABLE", 503, true],
    [new HoldfastError("forbidden", "anna may not do this."), "FORBIDDEN", 403, false],
    [new HoldfastError("odd", "An odd one."), "INTERNAL_SERVER_ERROR", 500, false],
  ])("of ours its code, message and whether to try again: %s", (cause, code, httpStatus, retryable) => {
    const translated = toTRPCError(cause);
    expect(translated).toBeDefined();
    if (translated === undefined) return;
    expect(errorShape(translated, where)).toMatchObject({
      message: cause.message,
      data: { code, httpStatus, reason: cause.code, retryable },
    });
  });

  test("of a value that was turned away, the place", () => {
    const translated = toTRPCError(new InvalidValueError("invalid_value", "$.at", "A Date is not JSON."));
    expect(translated && errorShape(translated, where).data.issues).toEqual([
      { path: "$.at", message: "A Date is not JSON." },
    ]);
  });

  test("of an input that the schema does not take, all the places", () => {
    const { error: cause } = z
      .strictObject({ steps: z.array(z.object({ celsius: z.number() })) })
      .safeParse({ steps: [{}, { celsius: 1 }], extra: 1 });
    if (cause === undefined) throw new Error("it was taken");
    const { message, data } = errorShape(new TRPCError({ code: "BAD_REQUEST", message: cause.message, cause }), where);
    expect(message).toMatch(/^The input of operations\.get is not valid at \$\.steps\[0\]\.celsius: /);
    expect(data).toMatchObject({ reason: "invalid_input", issues: [{ path: "$.steps[0].celsius" }, { path: "$" }] });
  });

  test("an answer that does not fit its own schema is a fault of ours, and its values stay here", () => {
    const { error: cause } = z.object({ celsius: z.number() }).safeParse({ celsius: "secret" });
    const { message, data } = errorShape(
      new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Output validation failed", cause }),
      where,
    );
    expect(data.reason).toBe("internal_error");
    expect(message).not.toContain("secret");
    expect(data.issues).toBeUndefined();
  });
});

describe("the permission of a procedure", () => {
  const caller = (permissions: readonly string[]) =>
    createCallerFactory(
      router({ status: procedure("degradation.read", "GET /api/v4/broken", "Breaks.").query(() => "seen") }),
    )({
      runtime: undefined as never,
      principal: { id: "anna", permissions },
      requestId: "request-1",
    });

  test("is asked for before it runs", async () => {
    expect(await caller(["degradation.read"]).status()).toBe("seen");
    await expect(caller(["operation.read"]).status()).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: "anna may not do this: it asks for degradation.read.",
    });
  });
});
