import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromKeyText, toKeyText } from "../../src/graph/embedded/key-text.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const text = fc.string({ unit: "grapheme" });

describe("a key as text", () => {
  test("comes back as it was", () => {
    fc.assert(fc.property(fc.oneof(number, text), (key) => fromKeyText(toKeyText(key)) === key));
  });

  test("sorts numbers by value", () => {
    fc.assert(fc.property(number, number, (a, b) => toKeyText(a) < toKeyText(b) === a < b));
  });

  test("sorts texts before numbers, and is the same for 0 and -0", () => {
    fc.assert(fc.property(text, number, (a, b) => toKeyText(a) < toKeyText(b)));
    expect(toKeyText(-0)).toBe(toKeyText(0));
  });
});
