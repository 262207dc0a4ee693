import type { Described, Field } from "./document.ts";
import { makeRequest, type Values } from "./make-request.ts";
import type { Sent } from "./send.ts";

/** Requests that must be refused: one that is valid, broken in one place each. */
export function brokenRequests(
  described: Described,
  values: Values,
  headers: Readonly<Record<string, string>>,
): readonly Sent[] {
  const { fields, method } = described;
  const make = (changed: Values): Sent => makeRequest(described, changed, headers);
  const whole = make(values);
  const hasBody = whole.body !== undefined;
  const separator = whole.target.includes("?") ? "&" : "?";
  return [
    // What nobody may say of himself, and what nobody takes.
    hasBody
      ? {
          ...whole,
          body: JSON.stringify({ ...JSON.parse(String(whole.body)), principal: { id: "root", permissions: "*" } }),
        }
      : { ...whole, target: `${whole.target}${separator}principal=root` },
    ...fields.flatMap((field) => brokenField(field, values, make)),
    ...(hasBody ? brokenBodies(whole) : [{ ...whole, target: `${whole.target}${separator}x=%C3%28` }]),
    { ...whole, headers: { ...whole.headers, "idempotency-key": "two words" } },
    { ...whole, headers: { ...whole.headers, "holdfast-priority": "urgent" } },
    ...(method === "GET" ? [] : [{ ...whole, headers: { ...whole.headers, "holdfast-answer-within-ms": "-1" } }]),
  ];
}

function brokenField(
  { name, where, isRequired, schema }: Field,
  values: Values,
  make: (values: Values) => Sent,
): Sent[] {
  const { [name]: _, ...without } = values;
  const put = (value: unknown): Sent => make({ ...values, [name]: value });
  const types = new Set([schema.type ?? []].flat());
  const isText = types.has("string") || schema.enum !== undefined;
  const isNumber = types.has("number") || types.has("integer");
  const { maxLength, maximum, minimum } = schema;
  return [
    ...(isRequired && where !== "path" ? [make(without)] : []),
    ...(maxLength === undefined ? [] : [put("x".repeat(maxLength + 1))]),
    ...(schema.enum === undefined ? [] : [put("no such word")]),
    ...(isNumber ? ["ten", "0x10", "1e999", "", "2026-11-28T00:00:00Z"].map(put) : []),
    ...(maximum === undefined ? [] : [put(maximum + 1)]),
    ...(minimum === undefined ? [] : [put(minimum - 1)]),
    ...(where === "body" && isText ? [put(7), put(null), put([]), put({})] : []),
    ...(where === "body" && types.has("boolean") ? [put("true"), put(1)] : []),
    ...(where === "body" && types.has("object") ? [put([]), put("{}"), put({ __proto__x: 1 })] : []),
    // Cursors of nobody's.
    ...(name === "after" ? ["..%2f..%2fetc%2fpasswd", "null", "' OR 1=1", "bjE\r\nx: y", "🦊"].map(put) : []),
    ...(where === "path" && isText && types.has("string")
      ? [put("../../../etc/passwd\u0000"), put("x\r\nset-cookie: a=b")]
      : []),
  ];
}

function brokenBodies(whole: Sent): Sent[] {
  const put = (body: string | Buffer, type = "application/json"): Sent => ({
    ...whole,
    headers: { ...whole.headers, "content-type": type },
    body,
  });
  return [
    put(""),
    put("{"),
    put("[]"),
    put("null"),
    put(`"text"`),
    put("7"),
    put(`${"[".repeat(20_000)}${"]".repeat(20_000)}`),
    put(`{"reason":${`{"a":`.repeat(20_000)}1${"}".repeat(20_000)}}`),
    put(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])),
    put(`{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}`),
    put(String(whole.body), "text/plain"),
    put("reason=x", "application/x-www-form-urlencoded"),
    put(JSON.stringify({ reason: "x".repeat(3 * 1_024 * 1_024) })),
  ];
}
