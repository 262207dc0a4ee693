import { describe, expect, test } from "vitest";
import { readSettings, SettingError } from "../../examples/manuals/start-settings.ts";

describe("what npm start reads from the environment", () => {
  test("needs nothing", () => {
    expect(readSettings({})).toEqual({
      port: 4400,
      dataDirectory: "./data",
      logLevel: "warn",
      graph: { kind: "embedded" },
    });
  });

  test("takes a port, a folder, and a Neo4j instead of the embedded graph", () => {
    expect(
      readSettings({
        HOLDFAST_PORT: "0",
        HOLDFAST_DATA: "/srv/holdfast",
        NEO4J_URI: "neo4j://graph",
        NEO4J_PASSWORD: "secret",
      }),
    ).toEqual({
      port: 0,
      dataDirectory: "/srv/holdfast",
      logLevel: "warn",
      graph: { kind: "neo4j", uri: "neo4j://graph", username: "neo4j", password: "secret" },
    });
  });

  test.each([
    [{ HOLDFAST_PORT: "http" }, "HOLDFAST_PORT must be a port from 0 (a free one) to 65535."],
    [{ HOLDFAST_PORT: "65536" }, "HOLDFAST_PORT must be a port from 0 (a free one) to 65535."],
    [{ HOLDFAST_PORT: "44e2" }, "HOLDFAST_PORT must be a port from 0 (a free one) to 65535."],
    [{ HOLDFAST_DATA: "" }, "HOLDFAST_DATA must be the path of a folder."],
    [{ HOLDFAST_LOG: "loud" }, "HOLDFAST_LOG must be one of debug, info, warn, error."],
    [
      { NEO4J_URI: "neo4j://graph" },
      "NEO4J_URI is set, but NEO4J_PASSWORD is not: set it, or unset NEO4J_URI to use the embedded graph.",
    ],
  ])("says in one line what is wrong with %j", (environment, line) => {
    expect(() => readSettings(environment)).toThrow(SettingError);
    expect(() => readSettings(environment)).toThrow(line);
  });
});
