import { describe, expect, test } from "vitest";
import { SubscriptionLimit, whileRead } from "../../routers/middleware/subscription-limit.ts";

describe("how many may watch", () => {
  test("is bounded for one principal and for all, and a place that is given back is free", () => {
    const limit = new SubscriptionLimit({ perPrincipal: 2, total: 3 });
    const first = limit.take("anna");
    limit.take("anna");
    expect(() => limit.take("anna")).toThrow("anna watches 2 times already");
    limit.take("ben");
    expect(() => limit.take("ben")).toThrow("Too many are watching");
    first();
    first();
    expect(limit.total).toBe(2);
    limit.take("ben");
    expect(limit.total).toBe(3);
  });

  test("counts who reads: a place is given back at the end, at a break and at an error", async () => {
    const limit = new SubscriptionLimit();
    async function* items() {
      yield 1;
      yield 2;
    }
    for await (const _ of whileRead(items(), limit.take("anna")));
    for await (const _ of whileRead(items(), limit.take("anna"))) break;
    async function* broken() {
      yield 1;
      throw new Error("broken");
    }
    await expect(async () => {
      for await (const _ of whileRead(broken(), limit.take("anna")));
    }).rejects.toThrow("broken");
    expect(limit.total).toBe(0);
  });
});
