import { describe, expect, test } from "vitest";
import { World } from "../model/control-world.ts";

const started = async (names: readonly string[] = ["graph"]): Promise<World> => {
  const world = new World(names);
  world.start();
  await world.seconds(1);
  return world;
};

describe("a start", () => {
  test("queues everything until the first probe has succeeded, and raises nothing meanwhile", async () => {
    const world = new World(["graph"]);
    expect(world.admission()).toMatchObject({ state: "probing", decision: "queue" });
    world.start();
    expect(world.admission()).toMatchObject({ state: "probing", decision: "queue" });
    await world.clock.advance(20);
    expect(world.admission()).toMatchObject({ state: "closed", decision: "run" });
    await world.seconds(1);
    expect(world.policies.flatMap(({ modes }) => modes.map(({ mode }) => mode))).not.toContain("local_queue");
    expect(world.modes()).toEqual(["normal"]);
  });

  test("of a service whose dependency is down ends in an open breaker and a local queue", async () => {
    const world = new World(["graph"]);
    world.graph.up = false;
    world.start();
    await world.clock.advance(25);
    expect(world.admission()).toMatchObject({ state: "open", decision: "queue" });
    expect(world.modes()).toEqual(["local_queue:graph"]);
  });

  test("needs as many probes in a row as the settings say", async () => {
    const world = new World(["graph"], { breaker: { probesToClose: 3 } });
    world.start();
    await world.clock.advance(59);
    expect(world.admission().state).toBe("probing");
    await world.clock.advance(1);
    expect(world.admission().state).toBe("closed");
    expect(world.graph.probedAt).toHaveLength(3);
  });
});

describe("an outage", () => {
  test("queues within the call that reports it", async () => {
    const world = await started();
    expect(world.failCalls()).toBe(true);
    expect(world.admission()).toMatchObject({ state: "open", decision: "queue" });
    expect(world.modes()).toEqual(["local_queue:graph"]);
  });

  test("touches no other dependency", async () => {
    const world = await started(["graph", "search"]);
    world.lose("graph");
    expect(world.admission("search")).toMatchObject({ state: "closed", decision: "run" });
    await world.seconds(60);
    expect(world.transitionsOf("breaker:search")).toEqual(["probing -> closed"]);
    expect(world.transitionsOf("local_queue:search")).toEqual([]);
  });

  test("is probed after breaks that grow, up to the longest", async () => {
    const world = await started();
    world.lose();
    const openedAt = world.clock.now();
    const { graph } = world;
    await world.seconds(3);
    const breaks = () =>
      graph.probedAt.slice(1).map((at, index, all) => at - (all[index - 1] ?? openedAt) - (index > 0 ? 20 : 0));
    expect(breaks()).toEqual([1_000]);
    await world.seconds(5);
    // The third failure makes a reconnect, which asks for a probe of its own, so only the first three are plain.
    expect(breaks().slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    await world.seconds(300);
    expect(Math.max(...breaks())).toBe(30_000);
  });

  test("spreads its breaks by a drawn share, which only shortens them", async () => {
    const world = await started();
    world.draw = () => 0.5;
    world.lose();
    expect(world.admission().nextProbeAt! - world.clock.now()).toBe(900);
  });

  test("ends in a drain: the backlog keeps its share until it is served and verified", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, { waiting: 100, watermark: 1_234 });
    await world.clock.advance(500);
    world.graph.up = true;
    await world.clock.advance(1_000);
    expect(world.admission()).toMatchObject({ state: "closed", decision: "run", backlogShare: 0.25 });
    expect(world.modes()).toEqual(["local_queue:graph"]);
    expect(world.plane.status().drains).toMatchObject([{ state: "draining", watermark: 1_234, open: 100 }]);
    await world.seconds(2);
    expect(world.admission().backlogShare).toBe(0);
    expect(world.modes()).toEqual(["normal"]);
    expect(world.transitionsOf("drain:graph").slice(-4)).toEqual([
      "filling -> marking",
      "marking -> draining",
      "draining -> verifying",
      "verifying -> empty",
    ]);
  });

  test("that comes back while its backlog drains begins the drain anew, with a new watermark", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, { waiting: 1_000, watermark: 10 });
    world.graph.up = true;
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("draining");
    world.lose();
    expect(world.state("drain:graph")).toBe("filling");
    expect(world.state("local_queue:graph")).toBe("queueing");
    expect(world.graph.draining).toBe(0);
    Object.assign(world.graph, { up: true, watermark: 20 });
    await world.seconds(2);
    expect(world.plane.status().drains).toMatchObject([{ state: "draining", watermark: 20 }]);
  });

  test("whose backlog an earlier process left is drained without an outage of this one's", async () => {
    const world = new World(["graph"]);
    Object.assign(world.graph, { waiting: 100, watermark: 5 });
    world.start();
    await world.clock.advance(100);
    expect(world.admission()).toMatchObject({ state: "closed", backlogShare: 0.25 });
    expect(world.modes()).toEqual(["local_queue:graph"]);
    await world.seconds(2);
    expect(world.modes()).toEqual(["normal"]);
  });

  test("with stale connections is healed by building them anew, and the breaker alone closes", async () => {
    const world = await started();
    world.graph.staleConnections = true;
    world.failCalls();
    await world.clock.advance(1_100);
    expect(world.graph.reconnects).toBe(1);
    expect(world.admission().state).toBe("closed");
    expect(world.transitionsOf("reconnect:graph")).toEqual([
      "rebuilding -> awaiting_probe",
      "awaiting_probe -> connected",
    ]);
    expect(world.transitionsOf("incident:dependency_unavailable:graph")).toEqual([
      "quiet -> assessing",
      "assessing -> attempting.reconnecting",
      "attempting.reconnecting -> verifying",
      "verifying -> cooling_down",
    ]);
  });

  test("with a probe under way while connections are built anew is probed once more before the remedy is judged", async () => {
    const world = await started();
    world.graph.staleConnections = true;
    const latencies = [20, 2_500, 1_000];
    world.graph.latencyMs = () => latencies.shift() ?? 20;
    world.failCalls();
    await world.seconds(5);
    expect(world.transitionsOf("reconnect:graph")).toEqual([
      "rebuilding -> awaiting_probe",
      "awaiting_probe -> connected",
    ]);
    expect(world.graph.probedAt).toHaveLength(4);
    expect(world.admission().state).toBe("closed");
  });

  test("that no remedy ends calls a person once, and goes on probing", async () => {
    const world = await started();
    world.lose();
    await world.seconds(600);
    expect(world.pages.map(({ subject }) => subject)).toEqual(["incident:dependency_unavailable:graph"]);
    expect(world.graph.reconnects).toBe(3);
    const probes = world.graph.probedAt.length;
    await world.seconds(60);
    expect(world.graph.probedAt.length).toBeGreaterThan(probes);
    expect(world.acknowledge()).toBe(true);
    expect(world.state("incident:dependency_unavailable:graph")).toBe("acknowledged");
    world.graph.up = true;
    await world.seconds(120);
    expect(world.state("incident:dependency_unavailable:graph")).toBe("quiet");
  });
});

describe("a misconfigured dependency", () => {
  test("is probed once a minute, said once, and a person is called once", async () => {
    const world = await started();
    world.graph.misconfigured = true;
    world.failCalls("graph", { misconfigured: true });
    expect(world.admission()).toMatchObject({ state: "misconfigured", decision: "queue" });
    const probes = world.graph.probedAt.length;
    await world.seconds(301);
    expect(world.graph.probedAt.length - probes).toBe(5);
    expect(world.pages).toHaveLength(1);
    const said = world.logged.filter(
      ({ fields }) => fields["machine"] === "breaker:graph" && String(fields["to"]).startsWith("misconfigured"),
    );
    expect(said).toHaveLength(1);
    expect(world.admission().nextProbeAt!).toBeGreaterThan(world.clock.now());
  });

  test("is probed when a person asks, and closes when that works", async () => {
    const world = await started();
    world.graph.misconfigured = true;
    world.failCalls("graph", { misconfigured: true });
    world.graph.misconfigured = false;
    expect(world.plane.requestProbe("graph", world.person("the password was changed"))).toBe(true);
    await world.clock.advance(20);
    expect(world.admission().state).toBe("closed");
  });
});

describe("a person", () => {
  test("holds a breaker open until they enable it, whatever the dependency says", async () => {
    const world = await started();
    world.order("force_open");
    expect(world.admission()).toMatchObject({ state: "forced_open", decision: "queue" });
    expect(world.modes()).toEqual(["local_queue:graph"]);
    await world.seconds(600);
    expect(world.admission().state).toBe("forced_open");
    expect(world.pages).toEqual([]);
    world.order("enable");
    await world.seconds(1);
    expect(world.admission()).toMatchObject({ state: "closed", decision: "run" });
  });

  test("takes a breaker out: calls run whatever fails, until they enable it", async () => {
    const world = await started();
    world.order("disable");
    world.failCalls();
    expect(world.admission()).toMatchObject({ state: "disabled", decision: "run" });
    world.order("enable");
    expect(world.admission()).toMatchObject({ state: "probing", decision: "queue" });
  });

  test("cuts a break short by asking for a probe", async () => {
    const world = await started();
    world.failCalls();
    expect(world.plane.requestProbe("graph", world.person("it is back"))).toBe(true);
    await world.clock.advance(20);
    expect(world.admission().state).toBe("closed");
  });

  test("has to accept a drain whose verification failed; a further outage does not make it forgotten", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, {
      up: true,
      waiting: 3,
      watermark: 9,
      verification: { ok: false, detail: "2 ended, 3 counted" },
    });
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("disputed");
    expect(world.pages).toMatchObject([
      { subject: "drain:graph", cause: { what: "its verification failed: 2 ended, 3 counted" } },
    ]);
    expect(world.modes()).toEqual(["normal"]);

    Object.assign(world.graph, { verification: { ok: true, detail: "fine" }, waiting: 3 });
    world.lose();
    world.graph.up = true;
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("disputed");
    expect(world.plane.acceptDrain("graph", world.person("checked by hand"))).toBe(true);
    expect(world.state("drain:graph")).toBe("empty");
  });
});
