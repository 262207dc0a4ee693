import { createRuntime, type Runtime } from "holdfast";
import { createHoldfastClient, type HoldfastClient } from "holdfast/client";
import { serveRuntime } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../support/ledger.ts";
import { readEvents } from "./rest-request.ts";
import { kitchen, serveKitchen } from "./server-kitchen.ts";

const MINUTES = 60_000;

/** Two transitions of the pin each time, and those of the modes that it stands for. */
async function pinAndRelease({ degradation }: Runtime, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    degradation.pin("emergency_mode", { reason: `time ${time}`, forMs: MINUTES });
    degradation.release({ reason: `time ${time}` });
    // The feed tells what happened once everybody has heard of it.
    if (time % 100 === 0) await new Promise(setImmediate);
  }
}

/** Every transition that is stored, oldest first, as one line each. */
async function storedLines(client: HoldfastClient): Promise<string[]> {
  const lines: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await client.machines.transitions.query({ order: "oldest", limit: 500, ...(after && { after }) });
    lines.push(...page.rows.map(lineOf));
    if (page.next === undefined) return lines;
    after = page.next;
  }
}

interface Told {
  readonly at: number;
  readonly machine: string;
  readonly from: string;
  readonly to: string;
  readonly edge?: string;
}

const lineOf = ({ at, machine, from, to, edge = "-" }: Told) => `${at} ${machine} ${from} > ${to} ${edge}`;

/** Reads until `enough`, then breaks the connection; goes on after `last`. */
async function watch(url: string, last: { id: string | undefined }, seen: string[], enough: () => boolean) {
  const events = readEvents(`${url}/api/v4/machines/watch`, last.id === undefined ? {} : { "last-event-id": last.id });
  for await (const { id, data } of events) {
    const change = data as Told & { kind: string };
    last.id = id;
    seen.push(change.kind === "transition" ? lineOf(change) : JSON.stringify(change));
    // A gap that is told is one all the same: what was missed never comes.
    if (change.kind !== "transition" || enough()) return;
  }
}

describe("machines.watch", () => {
  test("has no gap and no double for one whose connection breaks again and again", async () => {
    const { server, client } = await serveKitchen();
    const last: { id: string | undefined } = { id: `${epochOf(server.runtime)}.0` };
    const seen: string[] = [];
    for (let round = 1; round <= 5; round += 1) {
      await pinAndRelease(server.runtime, round);
      const aim = seen.length + round;
      await watch(server.url, last, seen, () => seen.length >= aim);
    }
    await server.runtime.recorded();
    const stored = await storedLines(client);
    await watch(server.url, last, seen, () => seen.length >= stored.length);
    expect(seen).toEqual(stored);
    expect(seen.some((line) => line.includes("free > held free#pin.set#0"))).toBe(true);
  });

  test("fills what the feed has forgotten meanwhile from the store", async () => {
    const { server, client } = await serveKitchen();
    const { runtime } = server;
    await until("the first probe", () => runtime.status().control.breakers[0]?.state === "closed");
    const first: string[] = [];
    const last: { id: string | undefined } = { id: `${epochOf(runtime)}.0` };
    await watch(server.url, last, first, () => first.length === 2);
    await pinAndRelease(runtime, 800);
    await runtime.recorded();
    const stored = await storedLines(client);
    expect(stored.length).toBeGreaterThan(1_500);
    const seen = [...first];
    await watch(server.url, last, seen, () => seen.length >= stored.length);
    expect(seen).toEqual(stored);
  });

  test("goes on after a restart of the server where it was before it", async () => {
    const made = kitchen();
    const open = () => createRuntime({ dataDirectory: made.dataDirectory, operations: made.operations });
    const before = await serveRuntime({ runtime: open, port: 0, stopOn: [], authentication: "none" });
    const seen: string[] = [];
    const last: { id: string | undefined } = { id: `${epochOf(before.runtime)}.0` };
    await pinAndRelease(before.runtime, 3);
    await watch(before.url, last, seen, () => seen.length === 3);
    await before.stop();

    const after = await serveRuntime({ runtime: open, port: 0, stopOn: [], authentication: "none" });
    onTestFinished(() => after.stop());
    await pinAndRelease(after.runtime, 3);
    await after.runtime.recorded();
    const stored = await storedLines(createHoldfastClient({ url: after.url }));
    await watch(after.url, last, seen, () => seen.length >= stored.length);
    expect(seen).toEqual(stored);
  });
});

describe("time travel", () => {
  test("shows everybody as they were at a moment, the modes in force then, and what changed next", async () => {
    const { server, client, faulty } = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000 } } });
    const { runtime } = server;
    await until("closed", () => runtime.status().control.breakers[0]?.state === "closed");
    // Nobody moves but those that this is about.
    runtime.stopMonitoring();
    const calm = await client.machines.actors.query();
    faulty.cut();
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 }, enqueue: true });
    await until("open", () => runtime.status().control.breakers[0]?.state === "open");
    await runtime.recorded();
    const opened = (await client.machines.transitions.query({ machine: "breaker:graph", limit: 1 })).rows[0];
    expect(opened).toMatchObject({ from: "closed", to: "open", edge: "closed#calls.failed#2" });

    const before = await client.machines.at.query({ at: (opened?.at ?? 0) - 1 });
    const states = new Map(before.actors.map(({ id, state }) => [id, state]));
    for (const { id, state } of calm.filter(({ id }) => id.startsWith("breaker:")))
      expect(states.get(id)).toEqual(state);
    expect(before.currentMode).toBe("normal");
    expect(before.next?.at).toBeGreaterThanOrEqual(opened?.at ?? 0);

    const since = await client.machines.at.query({ place: opened?.place ?? "" });
    expect(since.actors.find(({ id }) => id === "breaker:graph")).toMatchObject({
      machine: "breaker",
      state: ["open"],
      since: opened?.at,
      eventId: opened?.eventId,
    });
    expect(since.previous).toEqual(opened);
    const now = await client.machines.at.query({ at: Date.now() });
    expect(now.currentMode).toBe("local_queue");
    expect(now.modes).toContainEqual({ mode: "local_queue", machine: "local_queue:graph" });
    expect(now.next).toBeUndefined();
    // Stepping through what changed next, one place at a time, comes to the same end.
    let step = before;
    while (step.next !== undefined) step = await client.machines.at.query({ place: step.next.place });
    expect(step.actors).toEqual(now.actors);
  });

  test("pages lead on in both directions, from any row", async () => {
    const { server, client } = await serveKitchen();
    await pinAndRelease(server.runtime, 10);
    await server.runtime.recorded();
    const all = (await client.machines.transitions.query({ machine: "pin", order: "oldest" })).rows;
    expect(all).toHaveLength(20);
    const middle = all[9]?.place ?? "";
    const later = await client.machines.transitions.query({ machine: "pin", order: "oldest", after: middle });
    const earlier = await client.machines.transitions.query({ machine: "pin", order: "newest", after: middle });
    expect(later.rows).toEqual(all.slice(10));
    expect(earlier.rows.toReversed()).toEqual(all.slice(0, 9));
    await expect(client.machines.transitions.query({ after: "no cursor!" })).rejects.toMatchObject({
      data: { reason: "invalid_cursor" },
    });
  });

  test("bounds count every stored transition once, in spans that follow each other", async () => {
    const { server, client } = await serveKitchen();
    await pinAndRelease(server.runtime, 20);
    await server.runtime.recorded();
    const counted = async () =>
      (await client.machines.bounds.query({ buckets: 7 }))?.buckets.reduce((sum, { count }) => sum + count, 0);
    // On a busy machine triggers go on moving, and the two are asked for one after the other.
    server.runtime.stopMonitoring();
    await until("both to agree", async () => (await counted()) === (await storedLines(client)).length);
    const bounds = await client.machines.bounds.query({ buckets: 7 });
    expect(bounds?.buckets[0]?.from).toBe(bounds?.first);
    expect(bounds?.buckets.map(({ from }) => from)).toEqual(
      bounds?.buckets.map(({ from }) => from).toSorted((a, b) => a - b),
    );
  });
});

/** Which process of this journal it is: what ids of the feed begin with. */
const epochOf = ({ feeds }: Runtime): number => feeds.process;
