import { holdfastErrorOf } from "holdfast/client";
import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { postRaw, serveKitchen } from "./server-kitchen.ts";

const errorOf = async (call: Promise<unknown>) =>
  holdfastErrorOf(
    await call.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

describe("operations over HTTP", () => {
  test("what is submitted is executed, its result can be asked for, and a query reads its effect", async () => {
    const { client } = await serveKitchen();
    const outcome = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-3", celsius: 177 },
    });
    expect(outcome).toMatchObject({ status: "completed", value: { id: "fryer-3" }, source: "execution" });
    if (outcome.status !== "completed") return;
    expect(await client.operations.result.query({ operationId: outcome.operationId, waitMs: 5_000 })).toEqual({
      status: "completed",
      operationId: outcome.operationId,
      value: { id: "fryer-3" },
      valueOmitted: false,
    });
    expect(await client.operations.get.query({ operationId: outcome.operationId })).toMatchObject({
      name: "equipment.record",
      version: 1,
      state: "completed",
    });

    const answer = await client.operations.submit.mutate({ name: "equipment.read", input: { id: "fryer-3" } });
    expect(answer).toMatchObject({
      status: "completed",
      value: { id: "fryer-3", celsius: 177, recordedBy: "local-operator" },
    });
  });

  test("while the graph is down work is queued and listed, what cannot wait is refused, and afterwards all of it is done", async () => {
    const { client, faulty, server } = await serveKitchen();
    faulty.cut();
    const first = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-1", celsius: 1 },
      answerWithinMs: 200,
    });
    expect(first).toMatchObject({ status: "queued" });
    // It may wait between two attempts still; then what comes next is no matter of the policy.
    await until("the breaker to open", () => server.runtime.status().control.breakers[0]?.state === "open");
    const second = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-2", celsius: 2 },
      priority: "high",
    });
    expect(second).toMatchObject({
      status: "queued",
      because: "policy",
      cause: { actor: expect.any(String), what: expect.any(String) },
    });
    if (second.status !== "queued") return;
    expect(await client.operations.submit.mutate({ name: "equipment.read", input: { id: "fryer-1" } })).toMatchObject({
      status: "refused",
      reason: "unavailable",
      retryable: true,
      retryAfterSeconds: expect.any(Number),
    });

    expect(await client.operations.get.query({ operationId: second.operationId })).toMatchObject({
      state: "ready",
      priority: "high",
      principal: "local-operator",
    });
    const { rows } = await client.operations.list.query({ state: "ready" });
    expect(rows.map(({ operationId }) => operationId)).toContain(second.operationId);
    expect(await client.operations.result.query({ operationId: second.operationId, waitMs: 50 })).toMatchObject({
      status: "pending",
    });

    faulty.restore();
    expect(await client.operations.result.query({ operationId: second.operationId, waitMs: 20_000 })).toMatchObject({
      status: "completed",
      value: { id: "fryer-2" },
    });
  });

  test("what waits can be cancelled with a reason, and not without one", async () => {
    const { client, faulty } = await serveKitchen();
    faulty.cut();
    await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-1", celsius: 1 },
      answerWithinMs: 200,
    });
    const outcome = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-2", celsius: 2 },
    });
    if (outcome.status !== "queued") throw new Error(`not queued but ${outcome.status}`);
    const { operationId } = outcome;
    expect(await errorOf(client.operations.cancel.mutate({ operationId, reason: "  " }))).toMatchObject({
      reason: "invalid_input",
      httpStatus: 400,
      issues: [{ path: "$.reason", message: "say why: the reason is kept in the audit" }],
    });
    expect(await client.operations.cancel.mutate({ operationId, reason: "typed by mistake" })).toEqual({
      status: "cancelled",
      operationId,
    });
    expect(await client.operations.result.query({ operationId })).toEqual({ status: "cancelled", operationId });
    expect(await client.operations.cancel.mutate({ operationId, reason: "again" })).toEqual({
      status: "not_waiting",
      operationId,
    });
  });

  test("enqueue does not wait, and a key makes two submits one operation", async () => {
    const { client } = await serveKitchen();
    const submit = () =>
      client.operations.submit.mutate({
        name: "equipment.record",
        input: { id: "oven", celsius: 200 },
        idempotencyKey: "order-1",
        enqueue: true,
      });
    const first = await submit();
    expect(first).toMatchObject({ status: "queued", because: "requested" });
    if (first.status !== "queued") return;
    await until(
      "its end",
      async () => (await client.operations.result.query({ operationId: first.operationId })).status === "completed",
    );
    expect(await submit()).toMatchObject({ status: "completed", operationId: first.operationId });
    expect(
      await client.operations.submit.mutate({
        name: "equipment.record",
        input: { id: "oven", celsius: 201 },
        idempotencyKey: "order-1",
      }),
    ).toMatchObject({ status: "refused", reason: "idempotency_key_reused" });
  });

  test("unknown ids are told as such, without an error", async () => {
    const { client } = await serveKitchen();
    for (const operationId of ["op_999999", "not-an-id", "../../etc/passwd"]) {
      expect(await client.operations.get.query({ operationId })).toBeNull();
      expect(await client.operations.result.query({ operationId })).toEqual({ status: "unknown", operationId });
      expect(await client.operations.cancel.mutate({ operationId, reason: "why not" })).toEqual({
        status: "not_waiting",
        operationId,
      });
    }
  });
});

describe("bad operations over HTTP are refused with a value, before anything is stored", () => {
  test("an unknown operation: the answer names those there are", async () => {
    const { client } = await serveKitchen();
    const outcome = await client.operations.submit.mutate({ name: "equipment.explode", input: {} });
    expect(outcome).toMatchObject({
      status: "refused",
      reason: "unknown_operation",
      retryable: false,
      message: expect.stringContaining("equipment.record"),
    });
  });

  test.each([
    ["of a wrong type", `{"id":"fryer","celsius":"hot"}`, "$.celsius"],
    ["out of range", `{"id":"fryer","celsius":401}`, "$.celsius"],
    ["incomplete", `{"celsius":1}`, "$.id"],
    ["missing", `null`, "$"],
    ["with a number that JSON has no value for", `{"id":"fryer","celsius":1e999}`, "$.celsius"],
  ])("an input that is %s", async (_, input, path) => {
    const { server } = await serveKitchen();
    const answer = await postRaw(server.url, "operations.submit", `{"name":"equipment.record","input":${input}}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ result: { data: { status: "refused", reason: "invalid_input", path } } });
  });

  test("an input above the limit, as a value while the body is within its own limit, as an error above that", async () => {
    const { server, client } = await serveKitchen();
    const submit = (letters: number) =>
      client.operations.submit.mutate({
        name: "equipment.record",
        input: { id: "fryer", celsius: 1, note: "x".repeat(letters) },
      });
    expect(await submit(1_000_000)).toMatchObject({ status: "completed" });
    expect(await submit(1_050_000)).toMatchObject({ status: "refused", reason: "input_too_large", retryable: false });
    expect(await errorOf(submit(1_200_000))).toMatchObject({ reason: "payload_too_large", httpStatus: 413 });
    const chunked = await fetch(`${server.url}/trpc/operations.submit`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Blob(["x".repeat(1_200_000)]).stream(),
      duplex: "half",
    } as RequestInit);
    expect([chunked.status, await chunked.json()]).toMatchObject([
      413,
      { error: { data: { reason: "payload_too_large" } } },
    ]);
    expect(await client.operations.submit.mutate({ name: "equipment.read", input: { id: "fryer" } })).toMatchObject({
      status: "completed",
    });
  });

  test("an input nested so deep that no code could walk it", async () => {
    const { server } = await serveKitchen();
    const depth = 200_000;
    const answer = await postRaw(
      server.url,
      "operations.submit",
      `{"name":"equipment.record","input":${"[".repeat(depth)}${"]".repeat(depth)}}`,
    );
    expect(answer.json).toMatchObject({ result: { data: { status: "refused", reason: "invalid_input" } } });
  });

  test.each([
    [
      "an option that does not exist",
      { name: "equipment.record", input: {}, principal: { id: "anna", permissions: "*" } },
    ],
    ["a priority that does not exist", { name: "equipment.record", input: {}, priority: "urgent" }],
    ["a wait that is too long", { name: "equipment.record", input: {}, answerWithinMs: 30_001 }],
    ["a wait that is no number", { name: "equipment.record", input: {}, answerWithinMs: "soon" }],
    ["an empty key", { name: "equipment.record", input: {}, idempotencyKey: "" }],
    ["no name", { input: {} }],
  ])("%s is an error with the place", async (_, body) => {
    const { server } = await serveKitchen();
    const answer = await postRaw(server.url, "operations.submit", JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: {
        data: {
          code: "BAD_REQUEST",
          reason: "invalid_input",
          retryable: false,
          path: "operations.submit",
          issues: [{ path: expect.stringMatching(/^\$/) }],
        },
      },
    });
  });
});
