/** What is read of an OpenAPI document here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

/**
 * What a caller of the earlier document would stumble over: operations, fields of answers and words of inputs that are
 * gone, fields that must be given now. One line each; additions break nobody.
 */
export function breakingChanges(before: Document, after: Document): string[] {
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) return [`${name} is gone`];
      return changesOfOperation(name, { before, after }, operation as Operation, now as Operation);
    }),
  );
}

interface Documents {
  readonly before: Document;
  readonly after: Document;
}

function changesOfOperation(name: string, documents: Documents, was: Operation, is: Operation): string[] {
  const given = inputOf(documents.before, was);
  const taken = inputOf(documents.after, is);
  const answered = Object.entries(was.responses).filter(([status]) => status.startsWith("2"));
  return [
    ...inputChanges(name, documents, given, taken),
    ...answered.flatMap(([status, { content = {} }]) =>
      Object.entries(content).flatMap(([type, { schema }]) => {
        const now = is.responses[status]?.content?.[type];
        if (now === undefined) return [`${name} no longer answers ${status} as ${type}`];
        return answerChanges(`${name} ${status}`, documents, schema, now.schema, new Set());
      }),
    ),
  ];
}

/** Everything that an operation takes, wherever, as one object. */
function inputOf(document: Document, { parameters = [], requestBody }: Operation): Schema {
  const body = resolve(document, requestBody?.content["application/json"]?.schema ?? {});
  return {
    properties: {
      ...body.properties,
      ...Object.fromEntries(parameters.map((each) => [`${each.in} ${each.name}`, each.schema])),
    },
    required: [
      ...(body.required ?? []),
      ...parameters.filter(({ required }) => required === true).map((each) => `${each.in} ${each.name}`),
    ],
  };
}

function inputChanges(name: string, { before, after }: Documents, was: Schema, is: Schema): string[] {
  const gone = Object.keys(was.properties ?? {}).filter((field) => is.properties?.[field] === undefined);
  const asked = (is.required ?? []).filter((field) => was.required?.includes(field) !== true);
  return [
    ...gone.map((field) => `${name} no longer takes ${field}`),
    ...asked.map((field) => `${name} now requires ${field}`),
    ...Object.entries(was.properties ?? {}).flatMap(([field, schema]) => {
      const now = is.properties?.[field];
      return now === undefined ? [] : narrowed(`${name} ${field}`, resolve(before, schema), resolve(after, now));
    }),
  ];
}

function narrowed(name: string, was: Schema, is: Schema): string[] {
  const types = typeChanges(name, was, is);
  if (types.length > 0) return types;
  const words = (was.enum ?? []).filter((word) => is.enum !== undefined && !is.enum.includes(word));
  const isNewlyBound = was.enum === undefined && is.enum !== undefined;
  return [
    ...words.map((word) => `${name} no longer takes ${JSON.stringify(word)}`),
    ...(isNewlyBound ? [`${name} takes certain words only`] : []),
  ];
}

function typeChanges(name: string, { type: was = "anything" }: Schema, { type: is = "anything" }: Schema): string[] {
  return String(was) === String(is) ? [] : [`${name} was ${String(was)} and is ${String(is)}`];
}

function answerChanges(
  name: string,
  documents: Documents,
  wasMaybe: Schema,
  isMaybe: Schema,
  seen: ReadonlySet<string>,
): string[] {
  const at = `${wasMaybe.$ref ?? ""}`;
  if (at !== "" && seen.has(at)) return [];
  const known = new Set([...seen, at]);
  const was = resolve(documents.before, wasMaybe);
  const is = resolve(documents.after, isMaybe);
  const nowRequired = new Set(is.required);
  const fields = Object.entries(was.properties ?? {}).flatMap(([field, schema]) => {
    const now = is.properties?.[field];
    const path = `${name} .${field}`;
    if (now === undefined) return [`${path} is gone`];
    const optional = was.required?.includes(field) === true && !nowRequired.has(field) ? [`${path} may be absent`] : [];
    return [...optional, ...answerChanges(path, documents, schema, now, known)];
  });
  const items = was.items === undefined ? [] : answerChanges(`${name}[]`, documents, was.items, is.items ?? {}, known);
  const type = was.type !== undefined ? typeChanges(name, was, is) : [];
  const parts = partsOf(documents.before, was).flatMap(([word, part]) => {
    const now = partsOf(documents.after, is).find(([other]) => other === word)?.[1];
    return now === undefined ? [] : answerChanges(`${name} (${word})`, documents, part, now, known);
  });
  return [...type, ...fields, ...items, ...parts];
}

/** The parts of a union, by the word that tells them apart. */
function partsOf(document: Document, { anyOf = [], oneOf = [] }: Schema): [string, Schema][] {
  return [...anyOf, ...oneOf].map((part, index) => {
    const { properties = {} } = resolve(document, part);
    const word = JSON.stringify(properties["status"] ?? properties["kind"] ?? index);
    return [word, part];
  });
}

function resolve(document: Document, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? {});
}
