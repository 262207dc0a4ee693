import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import SQLite from "better-sqlite3";
import { createHoldfastClient } from "holdfast/client";
import { describe, expect, test } from "vitest";
import { temporaryFolder, until } from "../support/ledger.ts";
import { cliOf, startCli } from "./cli-process.ts";
import { serveKitchen } from "./server-kitchen.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A project of somebody else's, with a module of operations. */
function project() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "holdfast"));
  symlinkSync(join(ROOT, "node_modules", "zod"), join(folder, "node_modules", "zod"));
  writeFileSync(
    join(folder, "operations.mjs"),
    `import { defineOperation } from "holdfast";
     import { z } from "zod";
     export const greet = defineOperation({
       name: "greet", version: 1, input: z.object({ name: z.string() }), dependsOn: {}, queueable: false,
       execute: async ({ input: { name } }) => "Good day, " + name,
     });`,
  );
  writeFileSync(join(folder, "nothing.mjs"), "export const answer = 42;");
  return { folder, module: join(folder, "operations.mjs"), data: join(folder, "data") };
}

const addressIn = (text: string): string | undefined => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];

describe("holdfast serve", () => {
  test("serves what a module exports: in development with a token of its own, stopped by a signal with exit code 0", async () => {
    const { module, data } = project();
    const server = startCli(["serve", module, "--data", data, "--port", "0", "--mode", "development"]);
    await until(`it to serve: ${server.words()}`, () => addressIn(server.out()) !== undefined);
    await until("the token", () => /hf_dev_\w+/.test(server.words()));
    const url = addressIn(server.out()) ?? "";
    const token = /hf_dev_\w+/.exec(server.words())?.[0] ?? "";
    expect(server.out()).toBe(`serving greet at ${url}\n`);
    const answer = await createHoldfastClient({ url, token }).operations.submit.mutate({
      name: "greet",
      input: { name: "Anna" },
    });
    expect(answer).toMatchObject({ status: "completed", value: "Good day, Anna" });

    const online = cliOf(url, { HOLDFAST_TOKEN: token });
    const made = await online("token", "create", "kitchen", "--role", "viewer", "--for", "1d", "--reason", "a test");
    expect(made.out).toMatch(/^hf_svc_\w+\n$/);
    expect((await cliOf(url, { HOLDFAST_TOKEN: made.out.trim() })("status")).code).toBe(0);
    const [first] = (JSON.parse((await online("token", "list", "--json")).out) as { rows: { id: number }[] }).rows;
    expect((await online("token", "revoke", String(first?.id), "--reason", "over")).code).toBe(0);
    expect((await cliOf(url, { HOLDFAST_TOKEN: made.out.trim() })("status")).code).toBe(3);
    expect((await online("token", "revoke", String(first?.id), "--reason", "over")).code).toBe(3);
    // Its directory is its own.
    expect((await online("token", "list", "--data", data)).code).toBe(1);

    server.signal("SIGTERM");
    expect((await server.ended).code).toBe(0);
  });

  test("in production a token is made before the start, on the data directory", async () => {
    const { module, data } = project();
    const refused = await startCli(["serve", module, "--data", data, "--port", "0"]).ended;
    expect(refused.code).toBe(1);
    expect(refused.words).toContain("no token is live");
    const cli = cliOf("http://127.0.0.1:9");
    const made = await cli(
      "token",
      "create",
      "first",
      "--role",
      "admin",
      "--reason",
      "begin",
      "--data",
      data,
      "--json",
    );
    const { secret } = JSON.parse(made.out) as { readonly secret: string };
    expect((await cli("token", "list", "--data", data)).out).toMatch(/ first +service +live /);
    expect((await cli("token", "list", "--data", join(data, "elsewhere"))).code).toBe(4);

    const server = startCli(["serve", module, "--data", data, "--port", "0"]);
    await until(`it to serve: ${server.words()}`, () => addressIn(server.out()) !== undefined);
    const status = startCli(
      ["status", "--token-file", "-"],
      { HOLDFAST_URL: addressIn(server.out()) ?? "" },
      `${secret}\n`,
    );
    expect((await status.ended).code).toBe(0);
    server.signal("SIGINT");
    expect((await server.ended).code).toBe(0);
  });

  test("says what is wrong with a module, and does not begin", async () => {
    const { folder, data } = project();
    const cli = cliOf("");
    const empty = await cli("serve", join(folder, "nothing.mjs"), "--data", data);
    expect(empty).toMatchObject({ code: 1, out: "" });
    expect(empty.words).toContain("exports no operation");
    expect((await cli("serve", join(folder, "absent.mjs"), "--data", data)).code).toBe(1);
    expect((await cli("serve", join(folder, "operations.mjs"), "--data", data, "--tls-key", "k")).code).toBe(2);
    expect((await cli("serve", join(folder, "operations.mjs"))).code).toBe(2);
    expect((await cli("serve", "--help")).out).toContain("HOLDFAST_BOOTSTRAP_TOKEN");
  });
});

describe("the queue, incidents and backups on the command line", () => {
  test("the queue is told by pools and lanes, and an incident by what is tried", async () => {
    const { server, client, faulty, miscalibrated } = await serveKitchen();
    const cli = cliOf(server.url);
    const wellStatus = await cli("queue", "status");
    expect(wellStatus.out).toMatch(/^waiting +0 of [\d,]+\n/);
    expect((await cli("queue", "lanes")).words).toBe("No lane is parked.\n");

    faulty.cut();
    await until("the graph to be lost", async () => {
      await client.operations.submit.mutate({ name: "equipment.record", input: { id: "fryer", celsius: 1 } });
      return (await client.incidents.list.query()).some(({ isOpen }) => isOpen);
    });
    const status = JSON.parse((await cli("queue", "status", "--json")).out) as { readonly waitingRows: number };
    expect(status.waitingRows).toBeGreaterThan(0);
    expect((await cli("queue", "lane", "equipment:fryer")).out).toMatch(/equipment\.record v1/);
    const listed = await cli("incidents", "list");
    expect(listed.out).toMatch(/\ndependency_unavailable:graph +\w+/);
    expect((await cli("incidents", "show", "dependency_unavailable:graph")).out).toMatch(/^condition +dependency_/);
    expect((await cli("incidents", "acknowledge", "queue_overflow", "--reason", "r")).code).toBe(3);
    expect((await cli("incidents", "show", "nothing")).code).toBe(4);
    miscalibrated.now = false;
  });

  test("a directory at work is copied, and the copy is a journal", async () => {
    const { server, client, dataDirectory, folder } = await serveKitchen();
    const cli = cliOf(server.url);
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "fryer", celsius: 1 } });
    const file = join(folder, "copy.db");
    const copied = await cli("backup", file, "--data", dataDirectory);
    expect(copied).toMatchObject({ code: 0, words: "" });
    expect(copied.out).toMatch(/copy\.db {2}.* waiting and \d+ ended operations\n$/);
    const copy = new SQLite(file, { readonly: true });
    expect(copy.pragma("integrity_check", { simple: true })).toBe("ok");
    copy.close();
    expect((await cli("backup", file, "--data", dataDirectory)).code).not.toBe(0);
    expect((await cli("backup", file)).code).toBe(2);
    const unconfigured = await cli("backup", "--reason", "r");
    expect(unconfigured.code).not.toBe(0);
    expect(unconfigured.words).toContain("backup");
  });
});
