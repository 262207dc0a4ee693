import type { PartialRuntimeConfig } from "holdfast";
import type { HoldfastClient } from "holdfast/client";
import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { cliOf, startCli } from "./cli-process.ts";
import { serveKitchen } from "./server-kitchen.ts";

const HALF_AN_HOUR = 30 * 60_000;
const ESCAPE = "\u001b";

const isClosed = async (client: HoldfastClient): Promise<boolean> =>
  (await client.dependencies.get.query({ name: "graph" })).state === "closed";

async function kitchenWithCli(config: PartialRuntimeConfig = {}) {
  const served = await serveKitchen({ config });
  await until("the graph to be found well", () => isClosed(served.client));
  return { ...served, cli: cliOf(served.server.url) };
}

/** Cut, and known to be. */
async function cutGraph({ faulty, client }: Awaited<ReturnType<typeof kitchenWithCli>>): Promise<void> {
  faulty.cut();
  for (let id = 0; (await client.degradation.status.query()).dependencies[0]?.state !== "open"; id++)
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: `oven-${id}`, celsius: 1 } });
}

describe("holdfast on the command line", () => {
  test("status says what is in force and why, as a table and as the answer of the procedure", async () => {
    const served = await kitchenWithCli();
    const { cli, client } = served;
    const well = await cli("status");
    expect(well).toMatchObject({ code: 0, words: "" });
    expect(well.out).toMatch(/^modes +normal +pins {3}none\ndependency +state +since/);
    expect(well.out).toMatch(/\ngraph +closed +\d\d:\d\d:\d\d/);
    expect(well.out).toMatch(/\nqueue +0 waiting, 0 running\n$/);
    expect(well.out).not.toContain(ESCAPE);

    await cutGraph(served);
    const lost = await cli("status");
    expect(lost.out).toMatch(/^modes +local_queue \(graph queueing .*\)/);
    expect(lost.out).toMatch(/\ngraph +(open|probing) /);
    expect(lost.out).toMatch(/\nincident +dependency_unavailable:graph /);
    const json = await cli("status", "--json");
    const parsed = JSON.parse(json.out) as { readonly currentMode: string };
    expect(parsed.currentMode).toBe("local_queue");
    expect(Object.keys(parsed).sort()).toEqual(Object.keys(await client.degradation.status.query()).sort());

    const dependencies = await cli("dependencies", "list");
    expect(dependencies.out).toMatch(/^dependency +state/);
    expect(JSON.parse((await cli("dependencies", "list", "--json")).out)).toMatchObject([{ name: "graph" }]);
  });

  test("a mode is pinned and released with a reason, and nobody's pin is replaced unawares", async () => {
    const { cli, client } = await kitchenWithCli();
    const pinned = await cli("mode", "pin", "emergency_mode", "--reason", "graph host being replaced", "--for", "30m");
    expect(pinned.code).toBe(0);
    expect(pinned.out).toMatch(
      /^pinned until \d\d:\d\d:\d\d UTC by local-operator · critical runs, high and normal wait, low and deferred are refused with Retry-After\n$/,
    );
    const { pin } = await client.degradation.status.query();
    expect(pin).toMatchObject({ mode: "emergency_mode", reason: "graph host being replaced" });
    // Both are rounded.
    expect(Math.abs((pin?.until ?? 0) - (pin?.since ?? 0) - HALF_AN_HOUR)).toBeLessThanOrEqual(1);

    const second = await cli("mode", "pin", "normal", "--reason", "no", "--for", "1h");
    expect(second).toMatchObject({ code: 3, out: "" });
    expect(second.words).toContain(`revision ${pin?.revision}`);
    const replacing = ["--replaces", String(pin?.revision), "--json"];
    const replaced = await cli("mode", "pin", "normal", "--reason", "yes", "--for", "1h", ...replacing);
    expect(JSON.parse(replaced.out)).toMatchObject({ status: "pinned", pin: { mode: "normal" } });

    expect(await cli("mode", "release", "--reason", "over")).toMatchObject({
      code: 0,
      out: "released · normal is in force\n",
    });
    expect(await cli("mode", "release", "--reason", "again")).toMatchObject({ code: 3, words: "There is no pin.\n" });
  });

  test("explain tells the story of an operation, and says of what it knows nothing", async () => {
    const served = await kitchenWithCli();
    const { cli, client } = served;
    await cutGraph(served);
    const outcome = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-3", celsius: 177 },
    });
    if (outcome.status !== "queued") throw new Error(`it is ${outcome.status}`);
    const told = await cli("explain", outcome.operationId);
    expect(told.out).toMatch(/^equipment\.record {2}normal {2}lane #\w+ {2}submitted by local-operator/);
    expect(told.out).toMatch(/queued +because policy: graph was/);
    expect(told.out).toMatch(/↳ graph opened \d\d:\d\d:\d\d\.\d{3}: ./);
    const json = JSON.parse((await cli("explain", outcome.operationId, "--json")).out) as { lines: string[] };
    expect(told.out.startsWith(json.lines[0] ?? "nothing")).toBe(true);
    expect((await cli("explain")).out).toContain("local_queue is in force");
    expect(await cli("explain", "op_nothing")).toMatchObject({ code: 4, out: "" });

    expect((await cli("operations", "list", "--limit", "1000")).out).toContain(outcome.operationId);
    expect((await cli("operations", "show", outcome.operationId)).out).toMatch(/\nstate +ready\n/);
    const cancelled = await cli("operations", "cancel", outcome.operationId, "--reason", "not needed");
    expect(cancelled.code).toBe(0);
    expect((await cli("operations", "cancel", outcome.operationId, "--reason", "again")).code).toBe(3);
    expect((await cli("operations", "show", "op_nothing")).code).toBe(4);
  });

  test("an operation is handed over from a pipe, and its outcome is the exit code", async () => {
    const { cli, server } = await kitchenWithCli();
    const submitted = startCli(
      ["operations", "submit", "equipment.record", "--input", "-", "--priority", "high", "--key", "one", "--json"],
      { HOLDFAST_URL: server.url },
      '{"id":"fryer-1","celsius":170}',
    );
    const { code, out } = await submitted.ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: "completed", value: { id: "fryer-1" } });
    const refusal = await cli("operations", "submit", "equipment.record", "--input", '{"id":1}');
    expect(refusal.code).toBe(3);
    expect(refusal.out).toMatch(/^refused +invalid_input/);
    expect((await cli("operations", "submit", "equipment.record", "--input", "{")).code).toBe(2);
  });

  test("dead letters are listed, retried and discarded", async () => {
    const { cli, client, miscalibrated } = await kitchenWithCli();
    for (const id of ["a", "b"]) {
      const outcome = await client.operations.submit.mutate({
        name: "equipment.calibrate",
        input: { id },
        enqueue: true,
      });
      expect(outcome.status).toBe("queued");
    }
    await until("the letters", async () => (await client.deadLetters.list.query()).rows.length === 2);
    const listed = await cli("dead-letters", "list");
    expect(listed.out).toMatch(/no_reference: The reference thermometer is missing\./);
    const { rows } = JSON.parse((await cli("dead-letters", "list", "--json")).out) as {
      readonly rows: readonly { readonly operationId: string }[];
    };
    const [first, second] = rows.map(({ operationId }) => operationId);
    if (first === undefined || second === undefined) throw new Error("there are two");
    miscalibrated.now = false;
    expect((await cli("dead-letters", "retry", first, "--reason", "calibrated")).out).toBe(
      `${first} waits again, in its place\n`,
    );
    expect((await cli("dead-letters", "discard", second, "--reason", "not needed")).out).toBe(
      `${second} is discarded\n`,
    );
    const again = await cli("dead-letters", "discard", second, "--reason", "again", "--json");
    expect(again.code).toBe(3);
    expect(JSON.parse(again.out)).toEqual([{ status: "not_dead", operationId: second }]);
    await until("the retried one", async () => (await client.deadLetters.list.query()).rows.length === 0);
    expect(await cli("dead-letters", "list")).toMatchObject({ code: 0, out: "", words: "There is no dead letter.\n" });
  });

  test("a breaker is taken in hand and given back", async () => {
    const { cli, client } = await kitchenWithCli();
    const forced = await cli("dependencies", "order", "graph", "force_open", "--reason", "maintenance");
    expect(forced.out).toBe("graph is forced_open · nothing calls it until enable\n");
    expect((await client.dependencies.get.query({ name: "graph" })).state).toBe("forced_open");
    expect((await cli("dependencies", "reset", "graph", "--reason", "done")).code).toBe(0);
    await until("it to close", () => isClosed(client));
    expect((await cli("dependencies", "reset", "search", "--reason", "done")).code).toBe(4);
  });

  test("the machines are shown with their active states lit, and their transitions as they happen", async () => {
    const { cli, client, server } = await kitchenWithCli();
    expect((await cli("machines", "list")).out).toMatch(/\nbreaker:graph +closed /);
    const shown = await cli("machines", "show", "breaker:graph");
    expect(shown.out).toMatch(/\n● closed /);
    expect(shown.out).toMatch(/\n○ open /);
    expect(shown.out).toMatch(/\nbreaker\.force_open +yes +forced_open/);
    expect((await cli("machines", "show", "breaker:nobody")).code).toBe(4);

    const watching = startCli(["machines", "transitions", "--watch", "--machine", "pin", "--json"], {
      HOLDFAST_URL: server.url,
    });
    await until("the watcher", () => server.runtime.feeds.transitions.readers === 1);
    await client.degradation.pin.mutate({ mode: "normal", reason: "seen", forMs: HALF_AN_HOUR });
    await until("the line", () => watching.out().includes("\n"));
    watching.signal("SIGINT");
    const { code, out } = await watching.ended;
    expect(code).toBe(130);
    expect(JSON.parse(out.trim())).toMatchObject({ kind: "transition", machine: "pin", to: "held" });
    const stored = JSON.parse((await cli("machines", "transitions", "--machine", "pin", "--json")).out) as object;
    expect(stored).toMatchObject({
      rows: [{ machine: "pin", to: "held", eventId: expect.stringMatching(/^transition:/) }],
    });
  });

  test("alerts are listed, acknowledged and resolved", async () => {
    const { cli, client, miscalibrated } = await kitchenWithCli();
    await client.operations.submit.mutate({ name: "equipment.calibrate", input: { id: "a" }, enqueue: true });
    await until("the alert", async () => (await client.alerts.list.query()).rows.length > 0);
    const { rows } = JSON.parse((await cli("alerts", "list", "--json")).out) as { rows: { id: number }[] };
    const id = String(rows[0]?.id);
    expect((await cli("alerts", "list")).out).toMatch(/^alert +severity/);
    expect((await cli("alerts", "acknowledge", id, "--reason", "looking")).out).toBe(`alert ${id} is acknowledged\n`);
    expect((await cli("alerts", "resolve", `alert:${id}`, "--reason", "done")).code).toBe(0);
    expect((await cli("alerts", "acknowledge", "999", "--reason", "none")).code).toBe(3);
    miscalibrated.now = false;
  });
});
