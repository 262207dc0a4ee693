import { z } from "zod";
import { PRIORITIES } from "../../machines/contracts/priority.ts";
import { ASKED_BY_OPERATION } from "../permissions.ts";
import { LONGEST_WAIT_MS } from "../preferences.ts";
import { hasBody } from "./input-fields.ts";
import { type JsonSchema, takenBy } from "./json-schema.ts";
import { problemReasons, problemResponseOf, problemSchema } from "./openapi-problems.ts";
import type { OpenApiSchemas } from "./openapi-schemas.ts";
import { statusesOf, STATUSES_OF_OUTCOME } from "./rest-answer.ts";
import { areaOf, type RestRoute } from "./rest-route.ts";

/** One operation of the document. */
export function openApiOperation(route: RestRoute, schemas: OpenApiSchemas): unknown {
  const { procedure, meta, fields, method } = route;
  const [, first = meta.summary, rest = ""] = /^(.*?[.])(?:\s+(.*))?$/s.exec(meta.summary) ?? [];
  const inBody = fields.filter(({ where }) => where === "body");
  const parameters = [...fields.filter(({ where }) => where !== "body").map(parameterOf), ...headersOf(route)];
  return {
    operationId: procedure,
    tags: [areaOf(procedure)],
    summary: first,
    ...(rest !== "" && { description: rest }),
    "x-holdfast-permission": meta.permission,
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody(method) && inBody.length > 0 && { requestBody: bodyOf(route, inBody) }),
    responses: responsesOf(route, schemas),
  };
}

type Field = RestRoute["fields"][number];

const parameterOf = ({ name, where, isRequired, schema }: Field) => ({
  name,
  in: where,
  ...(isRequired && { required: true }),
  schema,
});

const bodyOf = ({ inputs }: RestRoute, fields: readonly Field[]) => {
  const names = new Set(fields.map(({ name }) => name));
  const [schema = {}] = inputs.map((input) => only(names, takenBy(input)));
  const isRequired = fields.some((field) => field.isRequired);
  return { ...(isRequired && { required: true }), content: { "application/json": { schema } } };
};

/** An input without what is in the path; each part of a union alike. */
function only(names: ReadonlySet<string>, { properties, required, anyOf, oneOf, ...rest }: JsonSchema): JsonSchema {
  const kept = Object.entries(properties ?? {}).filter(([name]) => names.has(name));
  const asked = (required ?? []).filter((name) => names.has(name));
  return {
    ...rest,
    ...(properties !== undefined && { properties: Object.fromEntries(kept) }),
    ...(asked.length > 0 && { required: asked }),
    ...(anyOf !== undefined && { anyOf: anyOf.map((part) => only(names, part)) }),
    ...(oneOf !== undefined && { oneOf: oneOf.map((part) => only(names, part)) }),
  };
}

const header = (name: string, description: string, schema: JsonSchema) => ({ name, in: "header", description, schema });

function headersOf({ type, method, meta }: RestRoute): unknown[] {
  if (type === "subscription")
    return [header("Last-Event-ID", "The id of the last event received: goes on after it.", { type: "string" })];
  if (method === "GET")
    return [header("If-None-Match", "The ETag of an answer that is at hand: 304 while it holds.", { type: "string" })];
  const key = { type: "string", minLength: 1, maxLength: 256, pattern: "^[\\x21-\\x7e]+$" };
  const once = header("Idempotency-Key", "The same order again is answered as it was, and not carried out again.", key);
  if (meta.permission !== ASKED_BY_OPERATION) return [once];
  return [
    once,
    header("Holdfast-Priority", "Where the input has none.", { type: "string", enum: PRIORITIES }),
    header("Holdfast-Answer-Within-Ms", "Where the input has none.", {
      type: "integer",
      minimum: 1,
      maximum: LONGEST_WAIT_MS,
    }),
  ];
}

function responsesOf(route: RestRoute, schemas: OpenApiSchemas): Readonly<Record<string, unknown>> {
  const { schema, canMiss } = answerOf(route, schemas);
  const byPath = route.fields.some(({ where }) => where === "path");
  const problems = problemReasons(route, canMiss || (byPath && route.method === "GET"));
  const responses = new Map<number, unknown>(
    [...problems].map(([status, reasons]) => [status, problemResponseOf(route, status, reasons)]),
  );
  if (route.type === "subscription")
    responses.set(200, {
      description: "Server-sent events; each has an `id`, and this as its `data`.",
      content: { "text/event-stream": { schema } },
    });
  else
    for (const [status, description] of statuses(route, schemas.resolve(schema), schemas)) {
      // The same status may be a problem: of the request, and not of what it asks for.
      const reasons = problems.get(status);
      const problem = reasons === undefined ? {} : { "application/problem+json": { schema: problemSchema(reasons) } };
      const content = { "application/json": { schema }, ...problem };
      responses.set(status, { description, ...headersOfAnswer(status, route), content });
    }
  if (route.type === "query") responses.set(304, { description: "As it was." });
  return Object.fromEntries([...responses].toSorted(([one], [other]) => one - other));
}

/** A GET that may answer null answers 404 instead. */
function answerOf({ output, meta, method }: RestRoute, schemas: OpenApiSchemas) {
  const schema = meta.events ?? output;
  if (!(schema instanceof z.ZodType)) return { schema: {}, canMiss: false };
  if (method === "GET" && schema instanceof z.ZodNullable)
    return { schema: schemas.given(schema.unwrap() as z.ZodType), canMiss: true };
  return { schema: schemas.given(schema), canMiss: false };
}

function statuses(route: RestRoute, schema: JsonSchema, schemas: OpenApiSchemas): ReadonlyMap<number, string> {
  if (route.meta.permission === ASKED_BY_OPERATION) return STATUSES_OF_OUTCOME;
  return statusesOf(route, wordsOf(schema, schemas));
}

/** Every `status` that an answer may have. */
function wordsOf(schema: JsonSchema, schemas: OpenApiSchemas): string[] {
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const { const: word, enum: words = [] } = schema.properties?.["status"] ?? {};
  return [
    ...parts.flatMap((part) => wordsOf(schemas.resolve(part), schemas)),
    ...[word, ...words].filter((each) => typeof each === "string"),
  ];
}

function headersOfAnswer(status: number, { type }: RestRoute): { readonly headers?: unknown } {
  if (status === 200 && type === "query")
    return { headers: { ETag: { description: "Names what it says.", schema: { type: "string" } } } };
  if (status === 202)
    return { headers: { Location: { description: "Where the operation is.", schema: { type: "string" } } } };
  if (status === 503)
    return { headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer", minimum: 0 } } } };
  return {};
}
