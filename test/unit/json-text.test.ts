import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { InvalidValueError } from "../../src/errors.ts";
import { toJsonText } from "../../src/operations/json-text.ts";

const refusalOf = (value: unknown): InvalidValueError => {
  try {
    toJsonText(value);
  } catch (error) {
    if (error instanceof InvalidValueError) return error;
  }
  throw new Error("it was taken");
};

describe("JSON without loss", () => {
  it("gives back an equal value for every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = toJsonText(value);
        expect(JSON.parse(text!)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ["a Date", { at: new Date(0) }, "$.at"],
    ["a Map", { steps: [new Map()] }, "$.steps[0]"],
    ["NaN", { celsius: Number.NaN }, "$.celsius"],
    ["Infinity", [1, Number.POSITIVE_INFINITY], "$[1]"],
    ["a bigint", { count: 1n }, "$.count"],
    ["a function", { run: () => 1 }, "$.run"],
    ["undefined in a list", ["a", undefined], "$[1]"],
    ["a hole in a list", Object.assign([], { length: 2 }), "$[0]"],
    ["a class instance", { equipment: new (class Fryer {})() }, "$.equipment"],
    ["a toJSON method", { toJSON: () => 1 }, "$"],
    ["a symbol key", { [Symbol("hidden")]: 1 }, "$"],
  ])("refuses %s and says where", (_, value, path) => {
    expect(refusalOf(value)).toMatchObject({ code: "not_json", path });
  });

  it("refuses a value that contains itself, and one that is nested without end", () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    expect(refusalOf(ring).path).toBe("$.self");
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(refusalOf(deep).message).toContain("nested");
  });

  it("takes the same object twice side by side", () => {
    const shared = { unit: "°C" };
    expect(toJsonText([shared, shared])).toBe('[{"unit":"°C"},{"unit":"°C"}]');
  });

  it("takes a property that is undefined as absent, and undefined itself as no value", () => {
    expect(toJsonText({ note: undefined, id: 1 })).toBe('{"id":1}');
    expect(toJsonText(undefined)).toBeUndefined();
  });
});
