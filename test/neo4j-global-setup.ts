import type { TestProject } from "vitest/node";
import { type Neo4jServer, neo4jUnavailable, startNeo4jServer } from "../src/testing/neo4j-server.ts";

/** Where the tests find Neo4j, or why they do not. */
export type ProvidedNeo4j =
  | { readonly uri: string; readonly username: string; readonly password: string; readonly ours: boolean }
  | { readonly unavailable: string };

declare module "vitest" {
  interface ProvidedContext {
    neo4j: ProvidedNeo4j;
  }
}

/**
 * One Neo4j for the whole run: that of NEO4J_URI, where nothing is deleted that the run did not make, else one of our
 * own. Without either the tests that need it are skipped, with a reason; in CI the run fails.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Neo4jServer | undefined;
  project.provide("neo4j", await find());
  return async () => server?.dispose();

  async function find(): Promise<ProvidedNeo4j> {
    const { NEO4J_URI: uri, NEO4J_USERNAME: username = "neo4j", NEO4J_PASSWORD: password = "" } = process.env;
    if (uri !== undefined && uri !== "") return { uri, username, password, ours: false };
    if (!isWanted()) return { unavailable: "these test files do not need Neo4j" };
    const reason = neo4jUnavailable();
    if (reason === undefined) {
      server = await startNeo4jServer();
      return { uri: server.uri, username: server.username, password: server.password, ours: true };
    }
    if (process.env.CI === "true")
      throw new Error(`Neo4j cannot be started: ${reason}. In CI its tests are not skipped.`);
    console.warn(`Tests on a real Neo4j are skipped: ${reason}.`);
    return { unavailable: reason };
  }
}

/** Not for a run of other folders only: the start takes six seconds. */
function isWanted(): boolean {
  const folders = process.argv.slice(2).filter((argument) => argument.startsWith("test/"));
  return folders.length === 0 || folders.some((folder) => !/^test\/(unit|model|types|consumer)\b/.test(folder));
}
