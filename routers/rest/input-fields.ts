import { MisuseError } from "../../src/errors.ts";
import { type JsonSchema, takenBy } from "./json-schema.ts";

/** One field of a procedure's input. */
export interface InputField {
  readonly name: string;
  /** Which part of a request has it. */
  readonly where: "path" | "query" | "body";
  readonly isRequired: boolean;
  /** How the text of a path or a query is read; what cannot be read so is left as text, and the schema refuses it. */
  readonly reads: "text" | "number" | "boolean" | "list";
  readonly schema: JsonSchema;
}

/** Whether requests with this method carry their input as a body. */
export const hasBody = (method: string): boolean => method === "POST" || method === "PUT" || method === "PATCH";

/**
 * Takes an input apart: what the path names is in the path, the rest in the body, or in the query where there is none.
 *
 * @throws MisuseError `invalid_rest_route`: a path that names no field, a field that no query can carry
 */
export function inputFields(route: {
  readonly procedure: string;
  readonly method: string;
  readonly path: string;
  readonly inputs: readonly unknown[];
}): readonly InputField[] {
  const inPath = new Set([...route.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? ""));
  const fields = route.inputs.flatMap((input) => {
    const { properties, required } = objectOf(takenBy(input));
    return Object.entries(properties).map(([name, schema]): InputField => {
      const where = inPath.has(name) ? "path" : hasBody(route.method) ? "body" : "query";
      const isRequired = where === "path" || required.includes(name);
      return { name, where, isRequired, reads: where === "body" ? "text" : readsOf(schema, route, name), schema };
    });
  });
  for (const name of inPath)
    if (!fields.some((field) => field.name === name)) throw invalidRoute(route, `its input has no field ${name}`);
  return fields;
}

/** Every field that an input may have, and those that it must; of a union, those that all of its parts ask for. */
export function objectOf(schema: JsonSchema): {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
} {
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(objectOf);
  const [first, ...others] = parts;
  const byAll = (first?.required ?? []).filter((name) => others.every(({ required }) => required.includes(name)));
  return {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties), schema.properties),
    required: [...(schema.required ?? []), ...byAll],
  };
}

function readsOf(schema: JsonSchema, route: { readonly procedure: string }, name: string): InputField["reads"] {
  const types = typesOf(schema);
  if (types.has("object")) throw invalidRoute(route, `its field ${name} is an object, which no query can carry`);
  if (types.has("string") || types.size === 0) return "text";
  if (types.has("array")) return "list";
  if (types.has("boolean")) return "boolean";
  return types.has("number") || types.has("integer") ? "number" : "text";
}

function typesOf(schema: JsonSchema): Set<string> {
  const types = new Set(typeof schema.type === "string" ? [schema.type] : (schema.type ?? []));
  for (const value of [...(schema.enum ?? []), ...("const" in schema ? [schema.const] : [])]) types.add(typeof value);
  for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    for (const type of typesOf(part)) types.add(type);
  return types;
}

const invalidRoute = ({ procedure }: { readonly procedure: string }, what: string): MisuseError =>
  new MisuseError("invalid_rest_route", `${procedure} cannot have its place in REST: ${what}.`);
