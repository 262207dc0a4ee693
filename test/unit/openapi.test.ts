import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { appRouter } from "../../routers/app.router.ts";
import { openApiDocument } from "../../routers/rest/openapi.ts";
import { restRoutes } from "../../routers/rest/rest-route.ts";
import { breakingChanges } from "../../scripts/openapi-diff.ts";
import { packageVersion } from "../../src/surface/server/package-version.ts";

const routes = restRoutes(appRouter);
const document = JSON.parse(JSON.stringify(openApiDocument(routes, packageVersion())));

describe("the OpenAPI document", () => {
  test("is the one that is committed: else run  npm run openapi", () => {
    const committed = readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8");
    expect(JSON.parse(committed)).toEqual(document);
  });

  test("is accepted by a public validator as OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("has every procedure, with what it needs, what it takes and what it answers", () => {
    for (const { path, method, procedure, meta, type, fields } of routes) {
      const operation = document.paths[path][method.toLowerCase()];
      expect(operation).toMatchObject({ operationId: procedure, "x-holdfast-permission": meta.permission });
      expect(`${operation.summary} ${operation.description ?? ""}`.trim()).toBe(meta.summary.replaceAll(/\s+/g, " "));
      const named = (operation.parameters ?? []).map(({ name }: { name: string }) => name);
      const { properties, anyOf = [] } = operation.requestBody?.content["application/json"].schema ?? {};
      const inBody = [properties ?? {}, ...anyOf.map((part: { properties: object }) => part.properties)].flatMap(
        Object.keys,
      );
      expect([...named, ...inBody]).toEqual(expect.arrayContaining(fields.map(({ name }) => name)));
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["400", "401", "403", "500", "503"]));
      const answer = operation.responses["200"] ?? operation.responses["201"];
      const [[mediaType, { schema }]] = Object.entries<{ schema: object }>(answer.content) as [
        [string, { schema: object }],
      ];
      expect([procedure, mediaType]).toEqual([
        procedure,
        type === "subscription" ? "text/event-stream" : "application/json",
      ]);
      expect([procedure, Object.keys(schema).length > 0]).toEqual([procedure, true]);
    }
  });

  test("has no reference that leads nowhere", () => {
    for (const [, kind, name] of JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/g))
      expect([name, document.components[kind!][name!] !== undefined]).toEqual([name, true]);
    expect(JSON.stringify(document)).not.toContain("#/$defs");
  });

  test("says which reasons an operation has beside the common ones", () => {
    const { 404: notFound } = document.paths["/api/v4/degradation/triggers/{trigger}"].patch.responses;
    expect(JSON.stringify(notFound)).toContain(`{"enum":["unknown_trigger"]}`);
    expect(document.components.responses.mutation422.description).toContain("`idempotency_key_reused`:");
  });
});

describe("what breaks callers of an earlier document", () => {
  const changed = (change: (copy: typeof document) => void): string[] => {
    const copy = structuredClone(document);
    change(copy);
    return breakingChanges(document, copy);
  };

  test("nothing where nothing has changed, or something was added", () => {
    expect(changed(() => {})).toEqual([]);
    expect(
      changed(({ paths, components }) => {
        paths["/api/v4/more"] = paths["/api/v4/alerts"];
        components.schemas.Alert.properties.more = { type: "string" };
      }),
    ).toEqual([]);
  });

  test("what is gone, what must be given now, and what is something else", () => {
    expect(
      changed(({ paths, components }) => {
        delete paths["/api/v4/alerts/watch"];
        delete components.schemas.Operation.properties.name;
        components.schemas.Pin.required = [];
        components.schemas.Pin.properties.until.type = "string";
        const { schema } = paths["/api/v4/degradation/force-mode"].post.requestBody.content["application/json"];
        schema.required.push("replaces");
        delete schema.properties.forMs;
        schema.properties.mode.enum.pop();
        paths["/api/v4/operations"].get.parameters.find(({ name }: { name: string }) => name === "limit").required =
          true;
      }),
    ).toEqual(
      expect.arrayContaining([
        "GET /api/v4/alerts/watch is gone",
        "GET /api/v4/operations/{operationId} 200 .name is gone",
        "GET /api/v4/operations 200 .rows[] .name is gone",
        "GET /api/v4/operations now requires query limit",
        "POST /api/v4/degradation/force-mode no longer takes forMs",
        "POST /api/v4/degradation/force-mode now requires replaces",
        `POST /api/v4/degradation/force-mode mode no longer takes "emergency_mode"`,
        "GET /api/v4/degradation/status 200 .pin .owner may be absent",
        "GET /api/v4/degradation/status 200 .pin .until was number and is string",
      ]),
    );
  });
});
