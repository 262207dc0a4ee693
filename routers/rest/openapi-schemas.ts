import type { z } from "zod";
import { givenBy, type JsonSchema } from "./json-schema.ts";

/** Collects the schemas with names, and points to them where OpenAPI keeps them. */
export class OpenApiSchemas {
  readonly #named = new Map<string, unknown>();

  /** What a schema gives, as it stands in the document. */
  given(schema: z.ZodType): JsonSchema {
    const { $defs = {}, ...json } = givenBy(schema);
    for (const [name, named] of Object.entries($defs)) this.#named.set(name, pointed(named));
    return pointed(json) as JsonSchema;
  }

  /** What a reference leads to. */
  resolve(schema: JsonSchema): JsonSchema {
    const name = schema.$ref?.split("/").at(-1);
    return name === undefined ? schema : ((this.#named.get(name) as JsonSchema | undefined) ?? schema);
  }

  /** All that were collected, in the order of their names, which no order of routes can change. */
  sorted(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const all = [...this.#named, ...Object.entries(more)];
    return Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}

function pointed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(pointed);
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string"
        ? value.replace("#/$defs/", "#/components/schemas/")
        : // What Zod says of itself beside the schema.
          pointed(value),
    ]),
  );
}
