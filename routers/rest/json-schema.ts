import { z } from "zod";
import { namedSchemas } from "./named-schemas.ts";

/** The parts of a JSON Schema (2020-12) that are read here. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly [keyword: string]: unknown;
}

/** What a Zod schema takes; anything at all for what is no Zod schema. Self-contained. */
export function takenBy(schema: unknown): JsonSchema {
  if (!(schema instanceof z.ZodType)) return {};
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override: tidy });
  return json as JsonSchema;
}

/** What a Zod schema gives; schemas with names are references to `#/$defs/…`, and stand there. */
export function givenBy(schema: z.ZodType): JsonSchema {
  // Within something else, as a schema with a name is no reference to itself where it stands alone.
  const within = z.toJSONSchema(z.object({ it: schema }), {
    io: "output",
    unrepresentable: "any",
    metadata: namedSchemas,
    override: (context) => {
      tidy(context);
      // Answers may have more fields one day: who reads them must not refuse what he does not know.
      if (context.jsonSchema.additionalProperties === false) delete context.jsonSchema.additionalProperties;
    },
  }) as JsonSchema;
  return { ...within.properties?.["it"], ...(within.$defs !== undefined && { $defs: within.$defs }) };
}

/** Takes out what says nothing: the bounds of every integer, and a word that means something else in OpenAPI. */
function tidy({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  delete jsonSchema.readOnly;
}
