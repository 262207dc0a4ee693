import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createRuntime, defineOperation } from "../../src/index.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import { startFaultProxy } from "../../src/testing/index.ts";
import { neo4jAddress, neo4jLogin, neo4jSkipped, OwnNeo4j } from "../conformance/neo4j-support.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

describe.skipIf(neo4jSkipped !== undefined)("a wrong password for a real Neo4j", () => {
  it("is said once, queues what arrives, is not retried into the server's lockout, and is over when the right one is given", async () => {
    const own = new OwnNeo4j();
    onTestFinished(() => own.close());
    const proxy = await startFaultProxy({ target: neo4jAddress() });
    onTestFinished(() => proxy.close());
    const { username, password } = neo4jLogin();
    let given = "wrong";
    const label = `${own.prefix}Item`;
    const graph = neo4j({
      uri: `bolt://127.0.0.1:${proxy.port}`,
      username,
      password: () => given,
      nodes: { [label]: { key: "id" } },
      receiptLabel: own.receiptLabel,
    });
    const set = defineOperation({
      name: "item.set",
      version: 1,
      input: z.object({ id: z.string() }),
      dependsOn: { graph },
      execute: ({ input, graph: transaction }) => transaction.mergeNodes(label, [input]),
    });
    const said: string[] = [];
    const logger = {
      debug() {},
      info() {},
      warn: (fields: object, message: string) => void said.push(message + JSON.stringify(fields)),
      error: (fields: object, message: string) => void said.push(message + JSON.stringify(fields)),
    };
    const runtime = await createRuntime({ dataDirectory: join(temporaryFolder(), "data"), operations: [set], logger });
    onTestFinished(() => runtime.stop());

    await until(
      "the breaker to say misconfigured",
      () => runtime.status().control.breakers[0]?.state === "misconfigured",
    );
    const outcome = await runtime.submit(set, { id: "a" });
    expect(outcome).toMatchObject({ status: "queued", because: "policy" });
    const connectionsBefore = proxy.log.length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(proxy.log.length).toBe(connectionsBefore);
    expect(said.filter((line) => line.includes("a person is needed"))).toHaveLength(1);
    expect(said.join("\n")).not.toContain("wrong");

    given = password;
    const answer = runtime.degradation.resetDependency("graph", { reason: "the password was changed" });
    expect(answer).toMatchObject({ status: "probing" });
    await until("it to be executed", async () => (await own.nodes(label)).length === 1);
  });
});
