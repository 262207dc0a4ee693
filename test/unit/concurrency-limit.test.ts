import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import { ConcurrencyLimit } from "../../src/dependencies/concurrency-limit.ts";

const settings = { ...defaultConfig.concurrency, limit: 64, slowStartLimit: 4, slowStartMs: 2_000 };

describe("the concurrency limit", () => {
  it("starts slowly after the breaker has closed, and grows to its limit", () => {
    const limit = new ConcurrencyLimit(settings);
    limit.slowStart(1_000);
    expect([1_000, 2_000, 3_000, 9_000].map((nowMs) => limit.current(nowMs))).toEqual([4, 34, 64, 64]);
  });

  it("keeps a quarter for the backlog while it drains, and gives live traffic the rest", () => {
    const limit = new ConcurrencyLimit({ ...settings, slowStartMs: 0 });
    limit.apply(1, 0.25);
    expect(limit.available("live", 0)).toBe(48);
    limit.take("live", 48);
    expect(limit.available("live", 0)).toBe(0);
    expect(limit.available("backlog", 0)).toBe(16);
  });

  it("lets the backlog use what live traffic leaves", () => {
    const limit = new ConcurrencyLimit({ ...settings, slowStartMs: 0 });
    limit.apply(1, 0.25);
    limit.take("backlog", 60);
    expect(limit.available("live", 0)).toBe(4);
    limit.give("backlog", 60);
    expect(limit.inUse).toBe(0);
  });

  it("is never less than one, whatever the factor", () => {
    const limit = new ConcurrencyLimit({ ...settings, limit: 1, slowStartMs: 0 });
    limit.apply(0.1, 0);
    expect(limit.current(0)).toBe(1);
  });
});
