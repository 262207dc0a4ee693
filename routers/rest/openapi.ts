import { openApiOperation } from "./openapi-operation.ts";
import { commonResponses, PROBLEM_SCHEMA } from "./openapi-problems.ts";
import { OpenApiSchemas } from "./openapi-schemas.ts";
import { areaOf, type RestRoute } from "./rest-route.ts";

/** An OpenAPI 3.1 document, as JSON. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [field: string]: unknown;
}

const ABOUT = `Everything that a remote caller can do, over HTTP and JSON. Each operation here is a procedure of the tRPC
router, under the same name.

- Errors are problems (RFC 9457) with a stable \`code\`; \`retryable\` says whether the same request may succeed later.
- An order that changes nothing answers 409 or 503 with the answer itself as its body.
- Lists go on at \`next\`, given as \`after\`. Snapshots have an ETag.
- With an \`Idempotency-Key\` the same order again is answered as it was, and not carried out again.
- Subscriptions are server-sent events; with \`Last-Event-ID\` they go on after the last one received.`;

/** Describes what the routes do, from what their procedures declare and nothing else. */
export function openApiDocument(routes: readonly RestRoute[], version: string): OpenApiDocument {
  const schemas = new OpenApiSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = openApiOperation(route, schemas);
  const areas = [...new Set(routes.map(({ procedure }) => areaOf(procedure)))];
  return {
    openapi: "3.1.1",
    info: { title: "Holdfast", version, description: ABOUT, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    tags: areas.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "A token: `hf_…`" } },
      responses: commonResponses(),
      schemas: schemas.sorted({ Problem: PROBLEM_SCHEMA }),
    },
  };
}
