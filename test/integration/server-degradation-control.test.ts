import { join } from "node:path";
import Database from "better-sqlite3";
import type { HoldfastOutputs } from "holdfast/client";
import { holdfastErrorOf } from "holdfast/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCaller } from "../../routers/app.router.ts";
import { until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

/** Longer than a pin warns before its end. */
const HALF_AN_HOUR = 30 * 60_000;

/** Rows of the audit log about what persons asked, read through a connection of our own. */
function controlActions(dataDirectory: string): { principal: string; action: string; outcome: string }[] {
  const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
  try {
    const rows = database
      .prepare<[], { principal: string; detail: string }>(
        "SELECT principal, detail FROM audit WHERE kind = 'control' ORDER BY id",
      )
      .all();
    return rows.map(({ principal, detail }) => ({ principal, ...JSON.parse(detail) }));
  } finally {
    database.close();
  }
}

describe("a pin over HTTP", () => {
  test("changes what becomes of the next operation, by priority, until it is released", async () => {
    const { client, server } = await serveKitchen();
    const submit = (priority: "critical" | "high" | "normal" | "low" | "deferred") =>
      client.operations.submit.mutate({ name: "equipment.record", input: { id: priority, celsius: 1 }, priority });

    const answer = await client.degradation.pin.mutate({
      mode: "emergency_mode",
      reason: "the graph's host is being replaced",
      forMs: HALF_AN_HOUR,
    });
    expect(answer).toMatchObject({
      status: "pinned",
      pin: { mode: "emergency_mode", owner: "local-operator", reason: "the graph's host is being replaced" },
    });
    expect(await submit("critical")).toMatchObject({ status: "completed" });
    expect(await submit("high")).toMatchObject({ status: "queued", because: "policy", cause: { actor: "pin" } });
    expect(await submit("normal")).toMatchObject({ status: "queued", because: "policy" });
    expect(await submit("low")).toMatchObject({ status: "refused", reason: "shed", retryable: true });
    expect(await submit("deferred")).toMatchObject({ status: "refused", reason: "shed" });
    expect(await client.degradation.status.query()).toMatchObject({
      currentMode: "emergency_mode",
      pinState: "held",
      activeTriggers: [{ trigger: "manual_override" }],
      yielded: [{ mode: "normal" }],
      operationsQueued: 2,
    });

    expect(await client.degradation.release.mutate({ reason: "replaced" })).toEqual({ status: "released" });
    await until("what waited to be executed", () => server.runtime.status().ended.completed === 3);
    expect(await client.degradation.status.query()).toMatchObject({ currentMode: "normal", operationsQueued: 0 });
  });

  test("is answered when it is on disk, from where a kill does not take it", async () => {
    const { client, dataDirectory } = await serveKitchen();
    const disk = new Database(join(dataDirectory, "journal.db"));
    onTestFinished(() => void disk.close());
    disk.exec("BEGIN IMMEDIATE");
    let isAnswered = false;
    const answer = client.degradation.pin
      .mutate({ mode: "emergency_mode", reason: "slow disk", forMs: HALF_AN_HOUR })
      .finally(() => (isAnswered = true));
    // It holds; an answer that was on its way would have come with the next one.
    await until("the pin", async () => (await client.degradation.status.query()).pinState === "held");
    await client.degradation.status.query();
    expect(isAnswered).toBe(false);
    disk.exec("ROLLBACK");
    expect(await answer).toMatchObject({ status: "pinned" });
    const record = disk.prepare<[], { state: string }>("SELECT state FROM machine_record WHERE id = 'pin'").get();
    expect(record).toEqual({ state: '"held"' });
  });

  test("is not taken from its owner unawares: whoever replaces it names it", async () => {
    const { client } = await serveKitchen();
    const first = await client.degradation.pin.mutate({
      mode: "reduced_performance",
      reason: "slow",
      forMs: HALF_AN_HOUR,
    });
    if (first.status !== "pinned") throw new Error(`not pinned but ${first.status}`);
    const unaware = await client.degradation.pin.mutate({ mode: "normal", reason: "looks fine", forMs: HALF_AN_HOUR });
    expect(unaware).toEqual({ status: "conflict", pin: first.pin });
    const aware = await client.degradation.pin.mutate({
      mode: "normal",
      reason: "talked to the owner",
      forMs: HALF_AN_HOUR,
      replaces: first.pin.revision,
    });
    expect(aware).toMatchObject({ status: "pinned", pin: { mode: "normal" } });
    expect(await client.degradation.release.mutate({ reason: "mine?", expected: first.pin.revision })).toMatchObject({
      status: "conflict",
      pin: { mode: "normal" },
    });
  });

  test("that is bad is refused with what is wrong, changes nothing, and is in the audit all the same", async () => {
    const { client, server, dataDirectory } = await serveKitchen();
    const refused = async (input: object) =>
      holdfastErrorOf(await client.degradation.pin.mutate(input as never).catch((error: unknown) => error));
    expect(await refused({ mode: "normal", reason: "in the past", forMs: -1 })).toMatchObject({
      reason: "invalid_expiry",
      issues: [{ path: "$.forMs" }],
    });
    expect(await refused({ mode: "normal", reason: "for ever", forMs: 1e12 })).toMatchObject({
      reason: "invalid_expiry",
    });
    expect(await refused({ mode: "panic", reason: "no such mode", forMs: HALF_AN_HOUR })).toMatchObject({
      reason: "invalid_input",
      issues: [{ path: "$.mode" }],
    });
    expect(await refused({ mode: "normal", reason: " ", forMs: HALF_AN_HOUR })).toMatchObject({
      issues: [{ path: "$.reason" }],
    });
    expect(() =>
      server.runtime.degradation.pin("panic" as never, { reason: "no such mode", forMs: HALF_AN_HOUR }),
    ).toThrow(expect.objectContaining({ code: "unknown_mode" }));
    expect(() => server.runtime.degradation.pin("normal", { reason: "", forMs: HALF_AN_HOUR })).toThrow(
      expect.objectContaining({ code: "reason_missing" }),
    );
    expect(() =>
      server.runtime.degradation.pin("normal", {
        reason: "may I?",
        forMs: HALF_AN_HOUR,
        principal: { id: "guest", permissions: [] },
      }),
    ).toThrow(expect.objectContaining({ code: "forbidden" }));
    expect((await client.degradation.status.query()).pinState).toBe("free");

    const expected = [
      { principal: "local-operator", action: "pin", outcome: "invalid_expiry" },
      { principal: "local-operator", action: "pin", outcome: "invalid_expiry" },
      { principal: "service", action: "pin", outcome: "unknown_mode" },
      { principal: "service", action: "pin", outcome: "reason_missing" },
      { principal: "guest", action: "pin", outcome: "forbidden" },
    ];
    await until("the attempts to be on disk", () => controlActions(dataDirectory).length === expected.length);
    expect(controlActions(dataDirectory)).toMatchObject(expected);
  });
});

describe("thresholds over HTTP", () => {
  test("change while the service runs, and are judged at once", async () => {
    const { client, server } = await serveKitchen({ sensors: { memory: () => 0.6 } });
    const memory = async () =>
      (await client.degradation.status.query()).triggers.find(({ trigger }) => trigger === "memory_exhaustion");
    await until("a reading", async () => (await memory())?.value === 0.6);
    expect(await memory()).toMatchObject({ state: "clear", raised: false });

    const answer = await client.degradation.configure.mutate({
      trigger: "memory_exhaustion",
      reason: "a smaller machine",
      change: { enter: 0.55, exit: 0.4, enterDwellMs: 0 },
    });
    expect(answer).toMatchObject({ status: "configured", definition: { enter: 0.55, exit: 0.4, enterDwellMs: 0 } });
    expect(await client.degradation.status.query()).toMatchObject({
      currentMode: "memory_constrained",
      activeTriggers: [{ trigger: "memory_exhaustion" }],
    });
    expect(server.runtime.status().control.policy.batchFactor).toBe(0);
  });

  test("whose exit is not below their enter are refused, and nothing changes", async () => {
    const { client } = await serveKitchen();
    const definition = async () =>
      (await client.degradation.status.query()).triggers.find(({ trigger }) => trigger === "high_error_rate")
        ?.definition;
    const before = await definition();
    const refused = async (trigger: string, change: object) =>
      holdfastErrorOf(
        await client.degradation.configure
          .mutate({ trigger, reason: "try", change: change as never })
          .catch((error: unknown) => error),
      )?.reason;
    expect(await refused("high_error_rate", { exit: 0.3 })).toBe("invalid_threshold");
    expect(await refused("high_error_rate", { leaveDwellMs: -1 })).toBe("invalid_setting");
    expect(await refused("high_error_rate", { dwell: 1 })).toBe("invalid_input");
    expect(await refused("bad_weather", { exit: 0.1 })).toBe("unknown_trigger");
    expect(await definition()).toEqual(before);
  });
});

describe("dependencies over HTTP", () => {
  test("are told with their breaker, forced open by a person, and closed by a probe alone", async () => {
    const { client } = await serveKitchen();
    expect(await client.dependencies.list.query()).toMatchObject([{ name: "graph", state: "closed", decision: "run" }]);
    expect(await client.dependencies.reset.mutate({ name: "graph", reason: "to be sure" })).toEqual({
      status: "already_closed",
      state: "closed",
    });
    const order = { name: "graph", order: "force_open", reason: "maintenance" } as const;
    expect(await client.dependencies.order.mutate(order)).toEqual({ status: "done", state: "forced_open" });
    expect(
      await client.operations.submit.mutate({ name: "equipment.record", input: { id: "fryer-1", celsius: 1 } }),
    ).toMatchObject({ status: "queued", because: "policy" });
    expect(await client.dependencies.reset.mutate({ name: "graph", reason: "done" })).toMatchObject({
      status: "probing",
    });
    await until("the probe", async () => (await client.dependencies.get.query({ name: "graph" })).state === "closed");
    const missing = await client.dependencies.get.query({ name: "mail" }).catch((error: unknown) => error);
    expect(holdfastErrorOf(missing)).toMatchObject({ reason: "not_found", httpStatus: 404 });
  });
});

describe("recovery over HTTP", () => {
  test("calls a person instead of trying a remedy while auto recovery is off, and a person takes over", async () => {
    let usage = 0.2;
    const { client, server, dataDirectory } = await serveKitchen({
      sensors: { memory: () => usage },
      config: { triggers: { memory_exhaustion: { enter: 0.9, exit: 0.5, enterDwellMs: 0, leaveDwellMs: 0 } } },
    });
    let relieved = 0;
    server.runtime.onMemoryPressure(() => {
      relieved += 1;
    });
    expect(await client.degradation.switchAutoRecovery.mutate({ enabled: false, reason: "an exercise" })).toEqual({
      status: "disabled",
    });
    const incident = async () =>
      (await client.degradation.status.query()).incidents.find(({ condition }) => condition === "memory_exhaustion");
    expect(await client.incidents.acknowledge.mutate({ condition: "memory_exhaustion", reason: "early" })).toEqual({
      status: "not_paged",
    });
    usage = 0.97;
    await until("the page", async () => (await incident())?.state === "paged");
    expect(await client.degradation.metrics.query()).toMatchObject({ isAutoRecoveryOn: false });
    expect(await client.incidents.acknowledge.mutate({ condition: "memory_exhaustion", reason: "looking" })).toEqual({
      status: "acknowledged",
    });
    expect(await incident()).toMatchObject({ state: "acknowledged", remedies: [] });
    expect(relieved).toBe(0);
    const unknown = await client.incidents.acknowledge
      .mutate({ condition: "bad_weather", reason: "rain" })
      .catch((error: unknown) => error);
    expect(holdfastErrorOf(unknown)).toMatchObject({ reason: "unknown_condition" });
    await until("the actions to be on disk", () => controlActions(dataDirectory).length === 4);
    expect(controlActions(dataDirectory).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "switch_auto_recovery disabled",
      "acknowledge_incident not_paged",
      "acknowledge_incident acknowledged",
      "acknowledge_incident unknown_condition",
    ]);
  });
});

describe("monitoring over HTTP", () => {
  test("stops and starts, and meanwhile nothing is raised or cleared that nobody observed", async () => {
    let usage = 0.2;
    const { client, server } = await serveKitchen({
      sensors: { memory: () => usage },
      config: { triggers: { memory_exhaustion: { enter: 0.9, exit: 0.5, enterDwellMs: 0, leaveDwellMs: 0 } } },
    });
    const value = async () =>
      (await client.degradation.status.query()).triggers.find(({ trigger }) => trigger === "memory_exhaustion")?.value;
    await until("a reading", async () => (await value()) === 0.2);
    const off = await client.degradation.switchMonitoring.mutate({ enabled: false, reason: "a test of the sensors" });
    expect(off).toEqual({ status: "stopped" });
    usage = 0.97;
    expect(server.runtime.measurements()).toBeUndefined();
    const stopped = await client.degradation.status.query();
    expect(stopped).toMatchObject({ isMonitoring: false, currentMode: "normal" });
    expect(stopped.triggers.find(({ trigger }) => trigger === "memory_exhaustion")).toMatchObject({
      state: "unknown",
      failed: true,
      raised: false,
    });
    expect(await client.degradation.switchMonitoring.mutate({ enabled: true, reason: "done" })).toEqual({
      status: "started",
    });
    await until("the mode", async () => (await client.degradation.status.query()).currentMode === "memory_constrained");
  });
});

describe("history, metrics and explanations over HTTP", () => {
  test("tell an outage as it was", async () => {
    const { client, faulty, server } = await serveKitchen();
    await until("a quiet start", async () => {
      const { drains, currentMode } = await client.degradation.status.query();
      return currentMode === "normal" && drains.every(({ state }) => state === "empty");
    });
    faulty.cut();
    const outcome = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer-1", celsius: 1 },
    });
    if (outcome.status !== "queued") throw new Error(`not queued but ${outcome.status}`);
    await until("local_queue", async () => (await client.degradation.status.query()).currentMode === "local_queue");
    faulty.restore();
    await until("normal", async () => (await client.degradation.status.query()).currentMode === "normal");
    await until("the end", () => server.runtime.status().ended.completed === 1);

    // A transition is stored with the next commit, an end after it was told.
    const history = () => client.degradation.history.query({ mode: "local_queue", order: "oldest" });
    await until("the last transition to be stored", async () => (await history()).rows.at(-1)?.toStep === "dormant");
    const { rows } = await history();
    expect(rows.map(({ fromStep, toStep }) => `${fromStep} ${toStep}`)).toEqual([
      "dormant queueing",
      "queueing draining",
      "draining dormant",
    ]);
    expect(rows[0]).toMatchObject({ from: "normal", to: "local_queue", dependency: "graph" });
    expect(await client.degradation.metrics.query()).toMatchObject({
      currentMode: "normal",
      degradationEvents: 1,
      degradationEventsIn24h: 1,
      operationsQueued: 0,
      isQueueProcessing: true,
    });
    const explain = () => client.degradation.explain.query({ target: outcome.operationId });
    await until("the end to be stored", async () => (await explain())?.steps.at(-1)?.step === "completed");
    const why = await explain();
    expect(why?.lines.join("\n")).toMatch(/graph opened[\s\S]*in a row[\s\S]*completed/);
    expect(await client.degradation.explain.query({ target: "op_nothing" })).toBeNull();
  });
});

type Change = HoldfastOutputs["degradation"]["watch"] extends AsyncIterable<infer Item> ? Item : never;

describe("watching over HTTP", () => {
  test("tells every transition with its reason, in order, also after the connection was lost", async () => {
    const { client, server } = await serveKitchen();
    const seen: Change["data"][] = [];
    let lastEventId: string | undefined;
    const watch = () =>
      new Promise<{ unsubscribe(): void }>((resolve) => {
        const subscription = client.degradation.watch.subscribe(lastEventId === undefined ? {} : { lastEventId }, {
          onStarted: () => resolve(subscription),
          onData: ({ id, data }) => {
            lastEventId = id;
            seen.push(data);
          },
        });
      });
    const pinStates = () =>
      seen.flatMap((change) => (change.kind === "transition" && change.machine === "pin" ? [change.to] : []));

    const first = await watch();
    await client.degradation.pin.mutate({ mode: "reduced_performance", reason: "one", forMs: HALF_AN_HOUR });
    await until("the pin to be seen", () => pinStates().length === 1);
    first.unsubscribe();
    // Nobody listens meanwhile.
    await client.degradation.release.mutate({ reason: "two" });
    await client.degradation.pin.mutate({ mode: "emergency_mode", reason: "three", forMs: HALF_AN_HOUR });
    const second = await watch();
    await until("what was missed to be seen", () => pinStates().length === 3);
    second.unsubscribe();
    expect(pinStates()).toEqual(["held", "free", "held"]);
    expect(seen.find((change) => change.kind === "transition" && change.machine === "pin")).toMatchObject({
      currentMode: "reduced_performance",
      explanation: expect.stringContaining("one"),
    });
    await until("the readers to be gone", () => server.runtime.feeds.transitions.readers === 0);
  });

  test("refuses one who watches too many, with a reason, and to come again", async () => {
    const { server } = await serveKitchen();
    const { runtime } = server;
    const leave = new AbortController();
    const readers: Promise<unknown>[] = [];
    while (runtime.feeds.transitions.takesReaders)
      readers.push(runtime.feeds.transitions.read(undefined, leave.signal)[Symbol.asyncIterator]().next());
    const principal = { id: "anna", permissions: "*" } as const;
    const caller = createCaller({ runtime, principal, requestId: "r" });
    await expect(caller.degradation.watch({})).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      cause: { code: "too_many_subscribers", retryable: true },
    });
    leave.abort();
    await Promise.all(readers);
    expect(runtime.feeds.transitions.readers).toBe(0);
  });

  test("ends when the server stops, and holds up nothing", async () => {
    const { client, server } = await serveKitchen();
    await new Promise<void>((resolve) => {
      client.degradation.watch.subscribe({}, { onStarted: () => resolve() });
    });
    await until("the reader", () => server.runtime.feeds.transitions.readers === 1);
    await server.stop();
    expect(server.runtime.feeds.transitions.readers).toBe(0);
  });
});

describe("alerts over HTTP", () => {
  test("are opened by a threshold, watched, acknowledged and resolved by persons", async () => {
    let usage = 0.2;
    const { client } = await serveKitchen({ sensors: { memory: () => usage } });
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      client.alerts.watch.subscribe(
        {},
        {
          onStarted: () => resolve(),
          onData: ({ data }) => seen.push(data.kind === "alert" ? `${data.change} ${data.alert.key}` : data.kind),
        },
      );
    });
    usage = 0.97;
    await until("the alert", async () => (await client.alerts.list.query({ status: "open" })).rows.length === 1);
    const [alert] = (await client.alerts.list.query({ status: "open" })).rows;
    if (alert === undefined) throw new Error("there is no alert");
    expect(alert).toMatchObject({ status: "open", subject: expect.stringContaining("memory") });
    expect(await client.alerts.acknowledge.mutate({ id: alert.id, reason: "looking at it" })).toMatchObject({
      status: "acknowledged",
      alert: { acknowledged: { by: "local-operator", reason: "looking at it" } },
    });
    usage = 0.2;
    await until(
      "it to be over",
      async () => (await client.alerts.list.query({ status: "resolved" })).rows.length === 1,
    );
    expect(await client.alerts.resolve.mutate({ id: alert.id, reason: "too late" })).toEqual({ status: "not_open" });
    await until("all of it to be seen", () => seen.length >= 3);
    expect(seen.filter((each) => !each.startsWith("repeated"))).toEqual(
      ["opened", "acknowledged", "resolved"].map((change) => `${change} ${alert.key}`),
    );
  });
});
