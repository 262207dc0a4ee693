import { describe, expect, test } from "vitest";
import { AnsweredOnce } from "../../routers/middleware/answered-once.ts";

interface Answer {
  readonly ok: boolean;
  readonly number: number;
}

/** Orders that are numbered as they are carried out. */
function counted(once: AnsweredOnce<Answer>) {
  let carriedOut = 0;
  const order = (key: string, input: unknown, { ok = true, keepsAnswer = true } = {}) =>
    once.answer({ key: [key], input, keepsAnswer }, async () => ({ ok, number: ++carriedOut }));
  return { order, carriedOut: () => carriedOut };
}

describe("an order under an idempotency key", () => {
  test("is carried out once, and answered alike to all who ask, at once or later", async () => {
    const { order, carriedOut } = counted(new AnsweredOnce());
    const both = await Promise.all([order("a", { x: 1, y: 2 }), order("a", { y: 2, x: 1 })]);
    expect([...both, await order("a", { x: 1, y: 2 })]).toEqual(Array(3).fill({ ok: true, number: 1 }));
    await order("b", { x: 1 });
    expect(carriedOut()).toBe(2);
  });

  test("with another input is refused, whatever its nesting", async () => {
    const { order, carriedOut } = counted(new AnsweredOnce());
    await order("a", { list: [{ x: 1 }] });
    for (const other of [{ list: [{ x: 2 }] }, { list: [] }, undefined, { list: [{ x: "1" }] }])
      await expect(order("a", other)).rejects.toMatchObject({ code: "idempotency_key_reused" });
    expect(carriedOut()).toBe(1);
  });

  test("that failed may be tried again", async () => {
    const { order } = counted(new AnsweredOnce());
    expect(await order("a", 1, { ok: false })).toEqual({ ok: false, number: 1 });
    expect(await order("a", 2)).toEqual({ ok: true, number: 2 });
  });

  test("whose answer held a secret is not carried out again, and not answered again", async () => {
    const { order, carriedOut } = counted(new AnsweredOnce());
    expect(await order("a", 1, { keepsAnswer: false })).toEqual({ ok: true, number: 1 });
    await expect(order("a", 1, { keepsAnswer: false })).rejects.toMatchObject({ code: "answer_not_kept" });
    expect(carriedOut()).toBe(1);
  });

  test("is forgotten after its time, and the oldest when there are too many", async () => {
    let nowMs = 0;
    const once = new AnsweredOnce<Answer>({ entries: 3, ttlMs: 1_000 }, () => nowMs);
    const { order } = counted(once);
    for (const key of ["a", "b", "c", "d"]) await order(key, 1);
    expect(once.size).toBe(3);
    expect(await order("d", 1)).toMatchObject({ number: 4 });
    expect(await order("a", 1)).toMatchObject({ number: 5 });
    nowMs = 1_000;
    expect(await order("d", 2)).toMatchObject({ number: 6 });
    expect(once.size).toBe(1);
  });
});
