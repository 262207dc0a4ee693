import { describe, expect, test } from "vitest";
import { registry } from "../../machines/index.ts";
import { plans } from "./plans.ts";
import { walk } from "./walk.ts";

/* What must hold in every step of triggers, modes and the pin. `every-path.test.ts` asks that every step is taken. */

const edgesOf = (name: string) => {
  const entry = registry.find((each) => each.name === name);
  const plan = plans[name];
  if (entry === undefined || plan === undefined) throw new Error(`${name} has no entry in the registry, or no plan`);
  return walk(entry.machine, plan).edges;
};

const stateOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

describe("in every step of a trigger", () => {
  const edges = edgesOf("trigger");

  test("its condition is raised in raised and falling, and not in clear and rising", () => {
    for (const { after } of edges) {
      if (after.value === "raised" || after.value === "falling") expect(after.context.raised).toBe(true);
      if (after.value === "clear" || after.value === "rising") expect(after.context.raised).toBe(false);
    }
  });

  test("no failure of its sensor and no restart raises or clears anything", () => {
    for (const { before, event, after } of edges)
      if (event.type === "sensor.failed" || event.type === "resume") {
        expect(after.context.raised).toBe(before.context.raised);
        expect(after.context.raisedAt).toBe(before.context.raisedAt);
      }
  });

  test("only a high value raises, and only a low one, or nothing measured, clears", () => {
    for (const { before, after } of edges) {
      const { changed, given, seen } = after.context;
      const { enter, exit } = changed ?? given.definition;
      if (!before.context.raised && after.context.raised) expect(seen.value).toBeGreaterThanOrEqual(enter);
      if (before.context.raised && !after.context.raised)
        expect(seen.value ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(exit);
    }
  });

  test("a dwell is under way exactly while it waits one out, and its factor is one of four", () => {
    for (const { after } of edges) {
      expect(after.context.dwellFrom !== null).toBe(after.value === "rising" || after.value === "falling");
      expect([1, 2, 4, 8]).toContain(after.context.dwellFactor);
    }
  });

  test("unknown is left by nothing but a word of its sensor", () => {
    for (const { before, event, after } of edges)
      if (before.value === "unknown" && after.value !== "unknown") expect(event.type).toMatch(/^reading/);
  });
});

describe.each(["reduced_performance", "memory_constrained", "selective_processing", "emergency_mode"])(
  "in every step of %s",
  (name) => {
    const edges = edgesOf(name);

    test("it enters from wherever it is on the way back, and never goes straight from in force to dormant", () => {
      for (const { before, after } of edges) {
        if (before.value === "in_force") expect(after.value).not.toBe("dormant");
        if (after.value === "in_force") expect(after.context.conditions.length).toBeGreaterThan(0);
      }
      const entered = new Set(
        edges.filter(({ after }) => after.value === "in_force").map(({ before }) => before.value),
      );
      const states = new Set(edges.map(({ before }) => before.value));
      expect(new Set([...entered].map(stateOf))).toEqual(new Set([...states].map(stateOf)));
    });

    test("a restart leaves it where it is, for the same reason, and no step is longer for it", () => {
      for (const { before, event, after } of edges) {
        if (event.type !== "resume") continue;
        expect(after.value).toEqual(before.value);
        expect(after.context.cause).toBe(before.context.cause);
        if (before.value !== "dormant" && before.value !== "in_force")
          expect(after.context.deadline - event.at).toBeLessThanOrEqual(30_000);
      }
    });
  },
);

describe("in every step of the pin", () => {
  const edges = edgesOf("pin");

  test("it is free exactly while nothing is pinned, and its revision never goes back", () => {
    for (const { before, after } of edges) {
      expect(after.value === "free").toBe(after.context.pin === null);
      expect(after.context.revision).toBeGreaterThanOrEqual(before.context.revision);
    }
  });

  test("nobody who expects another pin changes it", () => {
    for (const { before, event, after } of edges)
      if (
        (event.type === "pin.set" || event.type === "pin.release") &&
        event.expected !== (before.context.pin?.revision ?? null)
      )
        expect(after.context).toBe(before.context);
  });

  test("nothing but a person and its end ends it", () => {
    for (const { before, event, after } of edges) {
      if (before.context.pin === null || after.context.pin !== null) continue;
      if (event.type === "resume") expect(event.at).toBeGreaterThanOrEqual(before.context.pin.until);
      else expect(event.type).toMatch(/^(pin\.release|xstate\.after\..*expiring)$/);
    }
  });
});
