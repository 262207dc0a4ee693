import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import type { ConcurrencySettings } from "../../config/types.ts";
import { ConcurrencyLimit } from "../../src/dependencies/concurrency-limit.ts";
import { SimulatedLoad, withCapacity } from "../support/simulated-load.ts";

const SECOND = 1_000;

function loaded(settings: Partial<ConcurrencySettings> = {}) {
  const limit = new ConcurrencyLimit({ ...defaultConfig.concurrency, ...settings });
  limit.slowStart(0);
  return { limit, load: new SimulatedLoad(limit) };
}

const WELL = withCapacity(1_000, 20);

describe("the adaptive limit", () => {
  it("settles near what the dependency bears, and stays there", () => {
    const { load } = loaded();
    load.run(20 * SECOND, 200, withCapacity(10, 20));
    const settled = load.run(60 * SECOND, 200, withCapacity(10, 20));
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...settled)).toBeLessThanOrEqual(24);
  });

  it("is the configured one, without exception, where it is switched off", () => {
    const { load } = loaded({ adaptive: false });
    load.run(2 * SECOND, 200, withCapacity(10, 20));
    expect(new Set(load.run(20 * SECOND, 200, withCapacity(10, 20)))).toEqual(new Set([64]));
  });

  it("stays as configured while all is well", () => {
    const { limit, load } = loaded();
    load.run(2 * SECOND, 200, WELL);
    expect(new Set(load.run(20 * SECOND, 200, WELL))).toEqual(new Set([64]));
    expect(limit.adaptation).toBeUndefined();
  });

  it("comes back to the configured one when the dependency bears it again", () => {
    const { limit, load } = loaded();
    load.run(30 * SECOND, 200, withCapacity(10, 20));
    expect(limit.adaptation).toMatchObject({ what: expect.stringMatching(/times as long as usual/) });
    load.run(30 * SECOND, 200, WELL);
    expect(load.run(SECOND, 200, WELL).at(-1)).toBe(64);
    expect(limit.adaptation).toBeUndefined();
  });

  it("is lowered by time-outs and transient failures, down to its floor and no further", () => {
    const { limit, load } = loaded({ minimumLimit: 3 });
    load.run(5 * SECOND, 200, WELL);
    const limits = load.run(20 * SECOND, 200, { tookMs: () => 20, end: () => "overloaded" });
    expect(Math.min(...limits)).toBe(3);
    expect(limits.at(-1)).toBe(3);
    expect(limit.adaptation).toMatchObject({ limit: 3, what: expect.stringMatching(/timed out or failed/) });
  });

  it("bears the few failures that the configuration tolerates", () => {
    const { load } = loaded({ errorTolerance: 0.1 });
    let calls = 0;
    const limits = load.run(20 * SECOND, 200, {
      tookMs: () => 20,
      end: () => (++calls % 20 === 0 ? "overloaded" : "answered"),
    });
    expect(limits.at(-1)).toBe(64);
  });

  it("takes a decrease back that did not help: a slow network is not made quicker by fewer calls", () => {
    const { load } = loaded();
    load.run(10 * SECOND, 40, WELL);
    const slow = { tookMs: () => 200 };
    load.run(15 * SECOND, 200, slow);
    expect(new Set(load.run(20 * SECOND, 200, slow))).toEqual(new Set([64]));
  });

  it("does not throttle what gets more done with more at once, though each takes longer", () => {
    const { load } = loaded();
    // A group commit: ten times as long for sixty at once.
    const grouped = { tookMs: (inUse: number) => 5 + Math.sqrt(inUse) * 6 };
    load.run(20 * SECOND, 200, grouped);
    expect(Math.min(...load.run(20 * SECOND, 200, grouped))).toBe(64);
  });

  it("does not fall where so few calls are in flight that they cannot be to blame", () => {
    const { load } = loaded();
    load.run(10 * SECOND, 3, WELL);
    const limits = load.run(20 * SECOND, 3, { tookMs: () => 300 });
    expect(Math.min(...limits)).toBe(64);
  });

  it("takes over from slow start at the first overload: there is no second ramp", () => {
    const { load } = loaded({ slowStartMs: 10 * SECOND });
    const limits = load.run(30 * SECOND, 200, withCapacity(10, 20));
    expect(limits[0]).toBe(4);
    expect(Math.max(...limits)).toBeLessThan(40);
  });

  it("begins anew when the breaker has closed", () => {
    const { limit, load } = loaded();
    load.run(5 * SECOND, 200, WELL);
    load.run(20 * SECOND, 200, { tookMs: () => 20, end: () => "overloaded" });
    limit.slowStart(load.nowMs);
    expect(limit.adaptation).toBeUndefined();
    expect(load.run(5 * SECOND, 200, WELL).at(-1)).toBe(64);
  });

  it("lets the policy's factor come on top, at once and with calls in flight", () => {
    const { limit, load } = loaded();
    load.run(5 * SECOND, 64, WELL);
    expect(limit.inUse).toBe(64);
    limit.apply(0.5, 0);
    expect(limit.current(load.nowMs)).toBe(32);
    expect(limit.available("live", load.nowMs)).toBe(0);
    load.run(SECOND, 64, WELL);
    expect(limit.inUse).toBe(32);
    limit.apply(1, 0);
    expect(limit.current(load.nowMs)).toBe(64);
  });

  it("finds what the dependency bears under a factor too", () => {
    const { limit, load } = loaded();
    limit.apply(0.5, 0);
    load.run(20 * SECOND, 200, withCapacity(10, 20));
    const settled = load.run(30 * SECOND, 200, withCapacity(10, 20));
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...settled)).toBeLessThanOrEqual(24);
  });

  it("compares each kind of work with its own kind: a report among reads is not an overload", () => {
    const { limit } = loaded();
    let nowMs = 0;
    const timed = (kind: number, tookMs: number) => {
      limit.take("live");
      const sample = limit.beginSample({ monotonicMs: () => nowMs });
      limit.give("live");
      limit.endSample(sample, kind, "answered", nowMs + tookMs);
    };
    for (const reports of [0, 20])
      for (const untilMs = nowMs + 10 * SECOND; nowMs < untilMs; nowMs += 10) {
        limit.available("live", nowMs);
        timed(1, 10);
        for (let report = 0; report < reports; report += 1) timed(2, 900);
      }
    expect(limit.current(nowMs)).toBe(64);
    expect(limit.adaptation).toBeUndefined();
  });

  it("stays within floor and limit, and its permits at or above none, whatever happens", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 40; round += 1) {
      const { limit, load } = loaded({ minimumLimit: 2, limit: 40, slowStartMs: round % 2 === 0 ? 2_000 : 0 });
      for (let step = 0; step < 20; step += 1) {
        const [capacity, failing] = [1 + random() * 60, random() < 0.3 ? random() : 0];
        limit.apply(random() < 0.3 ? 0.5 : 1, random() < 0.3 ? 0.25 : 0);
        if (random() < 0.1) limit.slowStart(load.nowMs);
        const limits = load.run(SECOND, Math.floor(random() * 100), {
          tookMs: (inUse) => 5 + 20 * Math.max(1, inUse / capacity) * (0.5 + random()),
          end: () => (random() < failing ? "overloaded" : random() < 0.1 ? "unsaid" : "answered"),
        });
        expect(Math.max(...limits)).toBeLessThanOrEqual(40);
        expect(Math.min(...limits)).toBeGreaterThanOrEqual(1);
        expect(limit.adaptation?.limit ?? 40).toBeGreaterThanOrEqual(2);
        expect(limit.inUse).toBeGreaterThanOrEqual(0);
        expect(limit.available("live", load.nowMs)).toBeGreaterThanOrEqual(0);
        expect(limit.available("backlog", load.nowMs)).toBeGreaterThanOrEqual(0);
      }
      load.run(10 * SECOND, 0, WELL);
      expect(limit.inUse).toBe(0);
    }
  });
});
