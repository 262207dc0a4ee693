import { holdfastErrorOf } from "holdfast/client";
import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

/** Leaves a dead letter: nobody waits for an operation that fails for good. */
async function withDeadLetters(count: number) {
  const served = await serveKitchen();
  const { client } = served;
  const ids: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const outcome = await client.operations.submit.mutate({
      name: "equipment.calibrate",
      input: { id: `fryer-${number}` },
      enqueue: true,
    });
    if (outcome.status !== "queued") throw new Error(`not queued but ${outcome.status}`);
    ids.push(outcome.operationId);
  }
  await until("the dead letters", async () => (await client.deadLetters.list.query()).rows.length === count);
  return { ...served, ids };
}

describe("dead letters over HTTP", () => {
  test("are listed, oldest first and in pages, with what they failed of", async () => {
    const { client, ids } = await withDeadLetters(3);
    const first = await client.deadLetters.list.query({ limit: 2 });
    expect(first.rows).toMatchObject([
      {
        operationId: ids[0],
        name: "equipment.calibrate",
        state: "dead",
        principal: "local-operator",
        attempts: 1,
        error: { code: "no_reference", message: "The reference thermometer is missing." },
      },
      { operationId: ids[1] },
    ]);
    expect(first.next).toBeTypeOf("string");
    const second = await client.deadLetters.list.query({
      limit: 2,
      ...(first.next !== undefined && { after: first.next }),
    });
    expect(second.rows.map(({ operationId }) => operationId)).toEqual([ids[2]]);
    expect(second.next).toBeUndefined();
    expect((await client.degradation.status.query()).queue.dead).toBe(3);
  });

  test("are retried by a person with a reason, and then done", async () => {
    const { client, ids, miscalibrated } = await withDeadLetters(1);
    const operationId = ids[0] ?? "";
    const without = await client.deadLetters.retry.mutate({ operationId, reason: "" }).catch(holdfastErrorOf);
    expect(without).toMatchObject({ reason: "invalid_input", issues: [{ path: "$.reason" }] });
    miscalibrated.now = false;
    expect(await client.deadLetters.retry.mutate({ operationId, reason: "the thermometer is back" })).toEqual({
      status: "retried",
      operationId,
      place: "same",
    });
    expect(await client.operations.result.query({ operationId, waitMs: 10_000 })).toMatchObject({
      status: "completed",
    });
    expect(await client.deadLetters.retry.mutate({ operationId, reason: "once more" })).toEqual({
      status: "not_dead",
      operationId,
    });
  });

  test("are discarded by a person with a reason, and stay discarded", async () => {
    const { client, ids } = await withDeadLetters(1);
    const operationId = ids[0] ?? "";
    expect(await client.deadLetters.discard.mutate({ operationId, reason: "the fryer was sold" })).toEqual({
      status: "discarded",
      operationId,
    });
    expect(await client.operations.result.query({ operationId })).toEqual({ status: "discarded", operationId });
    expect((await client.deadLetters.list.query()).rows).toEqual([]);
    expect(await client.deadLetters.discard.mutate({ operationId, reason: "again" })).toEqual({
      status: "not_dead",
      operationId,
    });
    expect(await client.deadLetters.retry.mutate({ operationId: "op_12345", reason: "unknown" })).toEqual({
      status: "not_dead",
      operationId: "op_12345",
    });
  });
});
