import { describe, expect, test } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { type AlertChange, Alerts, MAXIMUM_UNRESOLVED_ALERTS } from "../../src/alerts/alerts.ts";
import { type ActorState, ControlAlerts } from "../../src/alerts/control-alerts.ts";
import { type Measured, ThresholdAlerts } from "../../src/alerts/threshold-alerts.ts";
import { MisuseError } from "../../src/errors.ts";
import { silentLogger } from "../../src/ports.ts";
import type { ControlAction } from "../../src/queue/journal.ts";
import { createVirtualClock } from "../../src/testing/index.ts";

function opened(restored: readonly Alert[] = []) {
  const told: AlertChange[] = [];
  const saved: Alert[] = [];
  const actions: ControlAction[] = [];
  const alerts = new Alerts(
    {
      clock: createVirtualClock(),
      logger: silentLogger,
      restored,
      lastId: restored.length,
      save: (alert) => saved.push(alert),
      record: (action) => actions.push(action),
      stored: async () => ({ rows: [], next: undefined }),
      tell: (change) => told.push(change),
    },
    { id: "service", permissions: "*" },
  );
  return { alerts, told, saved, actions, changes: () => told.map(({ change, alert }) => `${alert.key} ${change}`) };
}

const cause = { actor: "sensor", what: "it is full" };
const wish = (key: string) => ({ key, severity: "warning", subject: key, what: "it is full", cause }) as const;

describe("an alert", () => {
  test("is one while it is not resolved, however often it is raised, and a new one afterwards", () => {
    const { alerts, changes, saved } = opened();
    const first = alerts.raise(wish("disk"));
    expect(alerts.raise({ ...wish("disk"), severity: "critical" })).toMatchObject({
      id: first.id,
      occurrences: 2,
      severity: "critical",
    });
    alerts.clear("disk", "there is room");
    expect(alerts.raise(wish("disk")).id).toBeGreaterThan(first.id);
    expect(changes()).toEqual(["disk opened", "disk repeated", "disk resolved", "disk opened"]);
    expect(saved[2]).toMatchObject({ status: "resolved", resolved: { by: "runtime", reason: "there is room" } });
  });

  test("goes on counting where the last process stopped, under its id", () => {
    const before = opened();
    before.alerts.raise(wish("disk"));
    const { alerts } = opened(before.alerts.unresolved);
    expect(alerts.raise(wish("disk"))).toMatchObject({ id: 1, occurrences: 2 });
    expect(alerts.raise(wish("other"))).toMatchObject({ id: 2 });
  });

  test("belongs to the person who was first to acknowledge it, and to nobody once it is resolved", () => {
    const { alerts, actions } = opened();
    const { id } = alerts.raise(wish("disk"));
    const as = (name: string) => ({ reason: `${name} looks`, principal: { id: name, permissions: "*" } }) as const;
    expect(alerts.acknowledge(id, as("anna"))).toMatchObject({ status: "acknowledged" });
    expect(alerts.acknowledge(id, as("bo"))).toMatchObject({
      status: "already",
      alert: { acknowledged: { by: "anna", reason: "anna looks" } },
    });
    expect(alerts.resolve(id, as("bo"))).toMatchObject({ status: "resolved", alert: { acknowledged: { by: "anna" } } });
    expect(alerts.resolve(id, as("anna"))).toEqual({ status: "not_open" });
    expect(alerts.acknowledge(id, as("anna"))).toEqual({ status: "not_open" });
    expect(actions.map(({ principal, action, outcome }) => [principal, action, outcome])).toEqual([
      ["anna", "acknowledge_alert", "acknowledged"],
      ["bo", "acknowledge_alert", "already"],
      ["bo", "resolve_alert", "resolved"],
      ["anna", "resolve_alert", "not_open"],
      ["anna", "acknowledge_alert", "not_open"],
    ]);
  });

  test("is not touched by a request without a reason, and the attempt is recorded", () => {
    const { alerts, actions } = opened();
    const { id } = alerts.raise(wish("disk"));
    expect(() => alerts.resolve(id, { reason: " " })).toThrow(MisuseError);
    expect(alerts.of("disk")?.status).toBe("open");
    expect(actions).toMatchObject([{ target: `alert:${id}`, outcome: "reason_missing" }]);
  });

  test("beyond the bound is counted by an alert of its own, which goes when there is room", async () => {
    const { alerts } = opened();
    for (let n = 0; n < MAXIMUM_UNRESOLVED_ALERTS; n += 1) alerts.raise(wish(`key ${n}`));
    for (const key of ["a", "b", "c"]) alerts.raise(wish(key));
    expect(alerts.of("alerts_not_opened")).toMatchObject({ occurrences: 3, severity: "critical" });
    expect(alerts.unresolved).toHaveLength(MAXIMUM_UNRESOLVED_ALERTS + 1);
    alerts.clear("key 1", "over");
    alerts.clear("key 2", "over");
    expect(alerts.of("alerts_not_opened")).toBeUndefined();
    expect((await alerts.list({ status: "open", limit: 2 })).rows.map(({ key }) => key)).toEqual([
      "key 999",
      "key 998",
    ]);
  });

  test("is listed in pages that neither miss nor repeat one", async () => {
    const { alerts } = opened();
    for (let n = 0; n < 7; n += 1) alerts.raise(wish(`key ${n}`));
    const seen: string[] = [];
    let page = await alerts.list({ status: "open", limit: 3 });
    for (;;) {
      seen.push(...page.rows.map(({ key }) => key));
      if (page.next === undefined) break;
      page = await alerts.list({ status: "open", limit: 3, after: page.next });
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `key ${n}`));
    await expect(alerts.list({ status: "closed" as never })).rejects.toMatchObject({ code: "invalid_status" });
  });
});

describe("an alert for a limit", () => {
  const measured = (usage: number | null): Measured => ({
    at: 0,
    memory: usage === null ? null : { usage },
    errorRate: null,
    responseTimeMs: null,
  });

  function watched(restored: readonly Alert[] = []) {
    const all = opened(restored);
    const thresholds = new ThresholdAlerts(all.alerts, { ...defaultConfig.alerts, memoryUsage: 0.8 });
    return {
      ...all,
      see: (...usages: (number | null)[]) => usages.map(measured).forEach((each) => thresholds.observe(each)),
    };
  }

  test("opens at the limit, and stays while values are close to it, so that it does not flap", () => {
    const { see, changes } = watched();
    see(0.79, 0.8, 0.79, 0.81, 0.75, 0.82);
    expect(changes()).toEqual(["threshold:memory opened"]);
    see(0.7, 0.7, 0.81, 0.7, 0.7);
    expect(changes()).toEqual(["threshold:memory opened", "threshold:memory repeated"]);
    see(0.72);
    expect(changes().at(-1)).toBe("threshold:memory resolved");
  });

  test("is neither opened nor resolved by what was not measured", () => {
    const { see, changes } = watched();
    see(null, Number.NaN, 0.9, null, Number.NaN, null, null);
    expect(changes()).toEqual(["threshold:memory opened"]);
  });

  test("that was open when the process ended is no new occurrence", () => {
    const before = watched();
    before.see(0.9);
    const { see, alerts } = watched(before.alerts.unresolved);
    see(0.9);
    expect(alerts.of("threshold:memory")?.occurrences).toBe(1);
  });

  test("is over in a service in which nothing ends any more, and says that nothing was measured, not that it is well", () => {
    const { alerts, changes, saved } = opened();
    const thresholds = new ThresholdAlerts(alerts, defaultConfig.alerts);
    const minute = 60_000;
    const see = (at: number, p95: number | null, errorRate: number | null = null, usage: number | null = null) =>
      thresholds.observe({
        at,
        memory: usage === null ? null : { usage },
        errorRate,
        responseTimeMs: p95 === null ? null : { p95 },
      });
    see(0, 20_000, 0.5, 0.9);
    see(1 * minute, 20_000);
    see(4 * minute, null);
    see(5.9 * minute, 20_000, null);
    expect(changes().slice(3)).toEqual(["threshold:error_rate resolved"]);
    see(10.8 * minute, null);
    expect(changes().slice(3)).toEqual(["threshold:error_rate resolved"]);
    see(10.9 * minute, null);
    expect(changes().slice(3)).toEqual(["threshold:error_rate resolved", "threshold:response_time resolved"]);
    expect(saved.at(-1)?.resolved?.reason).toBe(
      "nothing was measured since 1970-01-01T00:05:54.000Z: too few operations ended",
    );
    // That memory could not be measured says nothing of memory.
    see(600 * minute, null);
    expect(alerts.unresolved.map(({ key }) => key)).toEqual(["threshold:memory"]);
  });

  test("that the last process left is over no sooner than this one has watched the quiet", () => {
    const { alerts } = opened();
    new ThresholdAlerts(alerts, defaultConfig.alerts).observe({
      at: 0,
      memory: null,
      errorRate: 0.5,
      responseTimeMs: null,
    });
    const after = opened(alerts.unresolved);
    const thresholds = new ThresholdAlerts(after.alerts, defaultConfig.alerts);
    const quiet = (at: number) => thresholds.observe({ at, memory: null, errorRate: null, responseTimeMs: null });
    quiet(3_600_000);
    quiet(3_899_999);
    expect(after.changes()).toEqual([]);
    quiet(3_900_000);
    expect(after.changes()).toEqual(["threshold:error_rate resolved"]);
  });

  test("says value and limit, of each of the three", () => {
    const { alerts } = opened();
    new ThresholdAlerts(alerts, defaultConfig.alerts).observe({
      memory: { usage: 0.9 },
      errorRate: 0.25,
      responseTimeMs: { p95: 12_345.6 },
      at: 0,
    });
    expect(alerts.unresolved.map(({ what, cause: { values } }) => [what, values])).toEqual([
      ["memory is at 90 % (limit 85 %)", { value: 0.9, limit: 0.85 }],
      ["25 % of the operations failed (limit 10 %)", { value: 0.25, limit: 0.1 }],
      ["the slowest of 20 operations take 12346 ms and more (limit 10000 ms)", { value: 12_345.6, limit: 10_000 }],
    ]);
  });
});

describe("alerts of the control plane", () => {
  function plane() {
    const all = opened();
    const actors = new Map<string, ActorState>();
    const control = new ControlAlerts({
      alerts: all.alerts,
      actors: () => [...actors.values()],
      storageIsLost: () => false,
    });
    const is = (id: string, state: string, givenUp = false) => actors.set(id, { id, state, givenUp });
    /** As the recorder tells it: the machine is still asked for its former state. */
    const move = (machine: string, from: string, to: string) => {
      control.transition({ at: 0, machine, from, to, event: "e", cause: JSON.stringify(cause) });
      is(machine, to);
    };
    is("normal", "in_force");
    return { ...all, control, is, move };
  }

  test("follow a trigger that raises its condition, through its leave dwell, until it is clear", () => {
    const { move, changes } = plane();
    move("trigger:memory_exhaustion", "clear", "rising");
    move("trigger:memory_exhaustion", "rising", "raised");
    move("trigger:memory_exhaustion", "raised", "falling");
    move("trigger:memory_exhaustion", "falling", "raised");
    expect(changes()).toEqual(["condition:memory_exhaustion opened"]);
    move("trigger:memory_exhaustion", "raised", "falling");
    move("trigger:memory_exhaustion", "falling", "clear");
    expect(changes().at(-1)).toBe("condition:memory_exhaustion resolved");
  });

  test("say that a sensor failed, which does not make its condition well", () => {
    const { move, changes } = plane();
    move("trigger:high_error_rate", "rising", "raised");
    move("trigger:high_error_rate", "raised", "unknown");
    move("trigger:high_error_rate", "unknown", "raised");
    expect(changes()).toEqual([
      "condition:high_error_rate opened",
      "sensor:high_error_rate opened",
      "sensor:high_error_rate resolved",
    ]);
  });

  test("are one for a page and the transition behind it, and go when the subject is well", () => {
    const { move, control, is, changes } = plane();
    move("drain:graph", "verifying", "disputed");
    control.page({ subject: "drain:graph", cause });
    move("incident:dependency_unavailable:graph", "attempting", "paged.ringing");
    control.page({ subject: "incident:dependency_unavailable:graph", cause });
    control.page({ subject: "incident:dependency_unavailable:graph", cause });
    move("incident:dependency_unavailable:graph", "paged.ringing", "acknowledged");
    move("drain:graph", "disputed", "empty");
    move("incident:dependency_unavailable:graph", "acknowledged", "quiet");
    is("breaker:graph", "fallen", true);
    control.page({ subject: "breaker:graph", cause });
    control.review();
    is("breaker:graph", "probing");
    control.review();
    expect(changes()).toEqual([
      "drain:graph opened",
      "incident:dependency_unavailable:graph opened",
      "incident:dependency_unavailable:graph repeated",
      "drain:graph resolved",
      "incident:dependency_unavailable:graph resolved",
      "given_up:breaker:graph opened",
      "given_up:breaker:graph resolved",
    ]);
  });

  test("warn before a pin ends", () => {
    const { move, changes } = plane();
    move("pin", "free", "held");
    move("pin", "held", "expiring");
    move("pin", "expiring", "free");
    expect(changes()).toEqual(["pin opened", "pin resolved"]);
  });
});
