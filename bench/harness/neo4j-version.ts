import type { Neo4jServer } from "holdfast/testing";
import neo4jDriver from "neo4j-driver";

/** `Neo4j 5.26.0 community`, as the server says it. */
export async function neo4jVersion({ uri, username, password }: Neo4jServer): Promise<string> {
  const driver = neo4jDriver.driver(uri, neo4jDriver.auth.basic(username, password));
  try {
    const { records } = await driver.executeQuery(
      "CALL dbms.components() YIELD versions, edition RETURN versions[0] AS version, edition",
    );
    return `Neo4j ${records[0]?.get("version")} ${records[0]?.get("edition")}`;
  } finally {
    await driver.close();
  }
}
