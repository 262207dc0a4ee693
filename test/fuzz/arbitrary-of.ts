import fc from "fast-check";
import type { Schema } from "./document.ts";

/** Text that somebody could write, script and other alphabets among it; never the empty one by trimming. */
const WORDS = [
  "the host is being replaced",
  "<script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "zażółć gęślą jaźń",
  "𝒰nicode \u202e reversed",
  "'; DROP TABLE operation; --",
  "${7*7}{{7*7}}",
  "line one\nline two\r\nset-cookie: a=b",
  "\u0000\u0001\u001b[31m",
];

/** Values that a schema takes. Where it names examples, those: they mean something there. */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.examples !== undefined) return fc.constantFrom(...schema.examples);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts !== undefined) return fc.oneof(...parts.map(arbitraryOf));
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  switch (type) {
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) });
    case "number":
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(arbitraryOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case "object":
      return objectOf(schema);
    case undefined:
    default:
      return fc.constant({});
  }
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, arbitraryOf(each)]));
  return fc.record(fields, { requiredKeys: [...required] });
}

function textOf({ minLength = 0, maxLength = 64 }: Schema): fc.Arbitrary<string> {
  const fits = WORDS.filter(({ length }) => length >= minLength && length <= maxLength);
  const random = fc.string({ minLength: Math.max(minLength, 1), maxLength: Math.min(maxLength, 64) });
  // What is trimmed to nothing is not what was meant.
  const written = random.filter((text) => text.trim().length >= Math.max(minLength, 1));
  return fits.length === 0 ? written : fc.oneof(written, fc.constantFrom(...fits));
}
