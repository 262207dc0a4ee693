import { describe, expect, test } from "vitest";
import { headlineOf } from "../../src/surface/console/now/headline.ts";

type Status = Parameters<typeof headlineOf>[0];

const cause = { actor: "test", what: "for a test" };
const CALM: Status = {
  phase: "running",
  currentMode: "normal",
  activeTriggers: [],
  operationsQueued: 0,
  operationsProcessedWhileDegraded: 0,
  modes: [{ mode: "normal", step: "in_force", since: 0, reason: "", cause }],
  pinState: "free",
  triggers: [],
  isMonitoring: true,
  dependencies: [],
  drains: [],
  incidents: [],
  autoRecovery: null,
  queue: {
    ready: 0,
    scheduled: 0,
    blocked: 0,
    running: 0,
    closing: 0,
    held: 0,
    dead: 0,
    waitingBytes: 0,
    freeDiskBytes: 1,
  },
  ended: { completed: 0, replayed: 0, failed: 0, dead: 0 },
};

const graph = (state: Status["dependencies"][number]["state"]): Status["dependencies"][number] => ({
  name: "graph",
  state,
  decision: "queue",
  reason: "",
  cause,
  probesFailed: 0,
  consecutiveFailures: 0,
  windowCalls: 0,
  windowFailures: 0,
  inUse: 0,
  limit: 1,
  configuredLimit: 1,
});

const localQueue = (step: string, dependency = "graph"): Status["modes"][number] => ({
  mode: "local_queue",
  step,
  dependency,
  since: 0,
  reason: "",
  cause,
});

describe("the headline", () => {
  test("is good only when nothing at all is to be looked at", () => {
    expect(headlineOf(CALM)).toMatchObject({ tone: "good", title: "Normal" });
  });

  test.each<[string, Partial<Status>, RegExp]>([
    ["a breaker that is not closed", { dependencies: [graph("probing")] }, /^Graph is probing/],
    ["a breaker that a person holds open", { dependencies: [graph("forced_open")] }, /^Graph is forced open/],
    ["a dead letter", { queue: { ...CALM.queue, dead: 1 } }, /^1 dead letter needs a person/],
    ["several dead letters", { queue: { ...CALM.queue, dead: 3 } }, /^3 dead letters need a person/],
    ["what no definition fits", { queue: { ...CALM.queue, held: 2 } }, /^2 operations held/],
    ["monitoring that is off", { isMonitoring: false }, /^Nothing is monitored/],
  ])("does not call it good with %s", (_what, change, says) => {
    const { tone, detail } = headlineOf({ ...CALM, ...change });
    expect(tone).toBe("warn");
    expect(detail).toMatch(says);
  });

  test("names what is down, and how much is kept meanwhile", () => {
    const status = { ...CALM, modes: [localQueue("queueing")], operationsQueued: 2_460 };
    expect(headlineOf(status)).toMatchObject({ tone: "warn", title: "graph is down, work is kept" });
    expect(headlineOf(status).detail).toContain("2,460 operations waiting");
  });

  test("names all that are down", () => {
    const status = { ...CALM, modes: [localQueue("queueing"), localQueue("queueing", "search")] };
    expect(headlineOf(status).title).toBe("graph and search are down, work is kept");
  });

  test("says that it catches up only once nothing is down any more", () => {
    expect(headlineOf({ ...CALM, modes: [localQueue("draining")] })).toMatchObject({
      tone: "busy",
      title: "Catching up",
    });
    const both = [localQueue("draining"), localQueue("queueing", "search")];
    expect(headlineOf({ ...CALM, modes: both }).title).toBe("search is down, work is kept");
  });

  test.each<[Status["phase"], string]>([
    ["storage_lost", "bad"],
    ["stopping", "warn"],
    ["opened", "busy"],
  ])("says first that the process is %s, whatever the modes are", (phase, tone) => {
    expect(headlineOf({ ...CALM, phase }).tone).toBe(tone);
  });
});
