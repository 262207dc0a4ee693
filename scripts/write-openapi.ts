/**
 * Writes docs/openapi.json from what the procedures declare.
 *
 *     npm run openapi                      writes it
 *     npm run openapi -- --check           exits 1 when it is stale
 *     npm run openapi -- --diff REVISION   tells what would break callers of the document of that revision (of git), or
 *                                          of that file; exits 1 when anything would
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { appRouter } from "../routers/app.router.ts";
import { openApiDocument } from "../routers/rest/openapi.ts";
import { restRoutes } from "../routers/rest/rest-route.ts";
import { packageVersion } from "../src/surface/server/package-version.ts";
import { breakingChanges } from "./openapi-diff.ts";

const target = new URL("../docs/openapi.json", import.meta.url);
const document = openApiDocument(restRoutes(appRouter), packageVersion());
const text = `${JSON.stringify(document, null, 2)}\n`;
const [option, value] = process.argv.slice(2);

if (option === "--check") {
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    console.error("docs/openapi.json is stale: run  npm run openapi");
    process.exitCode = 1;
  }
} else if (option === "--diff" && value !== undefined) {
  const changes = breakingChanges(JSON.parse(earlier(value)), document);
  console.log(changes.length === 0 ? `nothing that breaks callers since ${value}` : changes.join("\n"));
  if (changes.length > 0) process.exitCode = 1;
} else if (option === undefined) {
  writeFileSync(target, text);
  console.log(`wrote ${fileURLToPath(target)}`);
} else {
  console.error("npm run openapi [-- --check | --diff REVISION_OR_FILE]");
  process.exitCode = 2;
}

function earlier(revisionOrFile: string): string {
  if (existsSync(revisionOrFile)) return readFileSync(revisionOrFile, "utf8");
  return execFileSync("git", ["show", `${revisionOrFile}:docs/openapi.json`], {
    encoding: "utf8",
    maxBuffer: 64 * 1_024 * 1_024,
  });
}
