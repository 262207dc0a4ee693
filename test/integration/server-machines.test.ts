import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

describe("machines.definitions", () => {
  test("draw every statechart: each edge leads from a state to a state of its machine", async () => {
    const { client } = await serveKitchen();
    const definitions = await client.machines.definitions.query();
    expect(definitions.map(({ id }) => id)).toContain("breaker");
    for (const { id, prose, states, edges } of definitions) {
      const known = new Set(states.map((state) => state.id));
      expect(prose, id).not.toBe("");
      expect(
        states.some(({ initial, parent }) => initial && parent === undefined),
        id,
      ).toBe(true);
      expect(new Set(edges.map((edge) => edge.id)).size, id).toBe(edges.length);
      for (const edge of edges) {
        if (edge.source !== "*") expect(known, edge.id).toContain(edge.source);
        if (edge.target !== null) expect(known, edge.id).toContain(edge.target);
        expect([edge.guard, ...edge.actions], edge.id).not.toContain("unnamed");
      }
    }
  });

  test("tell the edges that a diagram of XState's own would leave out", async () => {
    const { client } = await serveKitchen();
    const definitions = await client.machines.definitions.query();
    const edges = definitions.flatMap(({ id, edges: all }) => all.map((edge) => ({ machine: id, ...edge })));
    expect(edges.find(({ id, machine }) => machine === "pin" && id === "free#always#0")).toMatchObject({
      kind: "always",
      target: "held",
      guard: "pinned",
    });
    expect(edges.find(({ id, machine }) => machine === "breaker" && id === "open#after.untilDeadline#0")).toMatchObject(
      {
        kind: "after",
        event: "untilDeadline",
        target: "probing",
        actions: ["noteBreakOver", "startProbes"],
      },
    );
    expect(edges.find(({ id }) => id === "probing#done.probe#3")).toMatchObject({ kind: "done", target: "closed" });
  });
});

describe("machines.actors", () => {
  test("are lit as the status says, and know what a person can read", async () => {
    const { client, faulty, server } = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000 } } });
    faulty.cut();
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 }, enqueue: true });
    await until("open", async () => (await client.machines.actor.query({ id: "breaker:graph" })).state[0] === "open");
    // What is asked for over the wire is compared with what was so before it and after it: others go on moving.
    const statesNow = () => server.runtime.status().control.actors.map(({ id, state }) => `${id} ${state}`);
    let actors = await client.machines.actors.query();
    let states: string[] = [];
    await until("nobody to move meanwhile", async () => {
      states = statesNow();
      actors = await client.machines.actors.query();
      return states.join() === statesNow().join();
    });
    const lit = actors.map(({ id, state }) => `${id} ${state.at(-1)}`);
    expect(lit).toEqual(expect.arrayContaining(states));
    const breaker = actors.find(({ id }) => id === "breaker:graph");
    expect(breaker).toMatchObject({ machine: "breaker", fallen: false, restarts: 0, facts: { generation: 2 } });
    expect(breaker?.deadline).toBe(server.runtime.status().control.breakers[0]?.nextProbeAt);
    expect(Object.keys(breaker?.facts ?? {})).not.toContain("lastFailure.message");
    expect(actors.map(({ id }) => id)).toContain("root");
  });

  test("tell which events are possible now, and what guards say of them, without sending one", async () => {
    const { client, server } = await serveKitchen();
    await until(
      "closed",
      async () => (await client.machines.actor.query({ id: "breaker:graph" })).state[0] === "closed",
    );
    const told: string[] = [];
    server.runtime.on("transition", ({ machine }) => told.push(machine));
    const { events } = await client.machines.actor.query({ id: "breaker:graph" });
    expect(events.find(({ event }) => event === "calls.failed")).toMatchObject({
      possible: true,
      edges: [
        { edge: "closed#calls.failed#0", guard: "stale", holds: "depends on the event" },
        { edge: "closed#calls.failed#1", guard: "reportedMisconfigured", holds: "depends on the event" },
        { edge: "closed#calls.failed#2", target: "open", holds: true },
      ],
    });
    expect(events.map(({ event }) => event)).not.toContain("probe.wanted");
    const incident = await client.machines.actor.query({ id: "incident:dependency_unavailable:graph" });
    expect(incident.events.find(({ event }) => event === "conditions.told")?.edges[1]).toMatchObject({
      guard: "attemptsLeft",
      holds: false,
    });
    expect(told.filter((machine) => /^(breaker|incident):/.test(machine))).toEqual([]);
    await expect(client.machines.actor.query({ id: "breaker:nobody" })).rejects.toMatchObject({
      data: { reason: "not_found" },
    });
  });
});
