import { describe, expect, it } from "vitest";
import { RefusedOrders } from "../../routers/middleware/refused-orders.ts";

describe("refused orders", () => {
  it("are told once in a window for each principal and procedure, and so many in all", () => {
    let now = 5;
    const orders = new RefusedOrders({ windowMs: 10, entries: 3 }, () => now);
    const tell = (principal: string, path: string) => orders.isNew(principal, path);
    expect([tell("a", "x"), tell("a", "x"), tell("a", "y"), tell("b", "x"), tell("b", "y")]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    now = 14;
    expect(tell("a", "x")).toBe(false);
    now = 15;
    expect([tell("a", "x"), tell("b", "y")]).toEqual([true, true]);
  });
});
