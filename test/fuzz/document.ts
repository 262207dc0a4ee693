/** The parts of a JSON Schema that requests are made from. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Field {
  readonly name: string;
  readonly where: "path" | "query" | "body";
  readonly isRequired: boolean;
  readonly schema: Schema;
}

/** One operation as the document describes it. */
export interface Described {
  readonly operationId: string;
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly fields: readonly Field[];
  readonly isStream: boolean;
  /** Every code of a problem that it may answer. */
  readonly reasons: ReadonlySet<string>;
}

interface RawOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, RawResponse>>;
}

interface RawResponse {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, RawResponse>> };
}

/** Reads the document that a server gives of itself; nothing else is known of it. */
export async function readDocument(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Described[]> {
  const answer = await fetch(`${url}/api/v4/openapi.json`, { headers });
  const document = (await answer.json()) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => described(document, method.toUpperCase(), path, operation)),
  );
}

function described(document: Document, method: string, path: string, operation: RawOperation): Described {
  const { parameters = [], requestBody, responses, operationId, tags } = operation;
  const body = requestBody?.content["application/json"]?.schema ?? {};
  const resolved = Object.values(responses).map(
    (response) => document.components.responses[response.$ref?.split("/").at(-1) ?? ""] ?? response,
  );
  return {
    operationId,
    tag: tags[0] ?? "",
    method,
    path,
    fields: [
      ...parameters.flatMap(({ name, in: where, required, schema }): Field[] =>
        where === "header" ? [] : [{ name, where, isRequired: required === true, schema }],
      ),
      ...Object.entries(partOf(body).properties ?? {}).map(
        ([name, schema]): Field => ({
          name,
          where: "body",
          isRequired: partOf(body).required?.includes(name) === true,
          schema,
        }),
      ),
    ],
    isStream: responses["200"]?.content?.["text/event-stream"] !== undefined,
    reasons: new Set(resolved.flatMap(codesOf)),
  };
}

/** Of a union the first part will do: what it takes is taken. */
const partOf = (schema: Schema): Schema => schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema;

const codesOf = ({ content = {} }: RawResponse): string[] =>
  (content["application/problem+json"]?.schema.allOf ?? []).flatMap(
    ({ properties }) => (properties?.["code"]?.enum ?? []) as string[],
  );
