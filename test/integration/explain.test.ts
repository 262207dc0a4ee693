import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  dependency,
  explainOutcome,
  type PartialRuntimeConfig,
  type Runtime,
  type RuntimeEvents,
} from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { faultyGraph } from "../../src/testing/faulty-graph.ts";
import { LEDGER_NODES, temporaryFolder, until } from "../support/ledger.ts";

const QUICK: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 50, maximumBreakMs: 200, probeTimeoutMs: 1_000, consecutiveFailures: 2 },
  operations: { retry: { maximumAttempts: 8, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
};

function kitchen() {
  const folder = temporaryFolder();
  const faulty = faultyGraph(embeddedGraph({ file: join(folder, "graph.db"), nodes: LEDGER_NODES }));
  const input = z.object({ lane: z.string(), number: z.number().int().default(1) });
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input,
    priority: "high",
    dependsOn: { graph: faulty.dependency },
    orderingKey: ({ lane }) => `ledger:${lane}`,
    execute: ({ input: { lane, number }, graph }) =>
      graph.append("Lane", [{ key: lane, property: "numbers", values: [number] }]),
  });
  return { faulty, append, input, dataDirectory: join(folder, "data") };
}

async function started(dataDirectory: string, operations: readonly AnyOperationDefinition[], config = QUICK) {
  const principal = { id: "svc-kitchen", permissions: "*" } as const;
  const runtime = await createRuntime({ dataDirectory, operations, config, principal });
  onTestFinished(() => runtime.stop());
  const transitions: RuntimeEvents["transition"][] = [];
  runtime.on("transition", (transition) => transitions.push(transition));
  const told = (machine: string, to: string) =>
    transitions.filter((each) => each.machine === machine && each.to === to);
  return { runtime, transitions, told };
}

const idOf = (outcome: object): string => ("operationId" in outcome ? String(outcome.operationId) : "none");

const time = (at: number): string => new Date(at).toISOString().slice(11, 23);

const explained = async (runtime: Runtime, target: string) => {
  const explanation = await runtime.explain(target);
  if (explanation === undefined) throw new Error(`${target} is not known`);
  return { ...explanation, names: explanation.steps.map(({ step }) => step), text: explanation.lines.join("\n") };
};

describe("invariant 4, explained: an operation", () => {
  it("through an outage: who, why it waited and since when, with values and limits, when it ran, how it ended", async () => {
    const { faulty, append, dataDirectory } = kitchen();
    const { runtime, told } = await started(dataDirectory, [append]);
    expect(await runtime.submit(append, { lane: "warm" })).toMatchObject({ status: "completed" });
    faulty.cut();
    for (const lane of ["x", "y", "z"]) void runtime.submit(append, { lane });
    await until("the breaker to open", () => told("breaker:graph", "open").length > 0);
    const opened = told("breaker:graph", "open")[0]!;
    const queueing = told("local_queue:graph", "queueing")[0]!;
    await until("a probe to fail", () => told("breaker:graph", "open").length > 2);
    const before = Date.now();
    const outcome = await runtime.submit(append, { lane: "a" });
    const after = Date.now();
    expect(outcome).toMatchObject({ status: "queued", because: "policy" });
    expect((await explained(runtime, idOf(outcome))).steps.at(-1)).toMatchObject({
      step: "now",
      what: expect.stringContaining("ready, and not begun: graph was"),
    });
    faulty.restore();
    expect(await runtime.result(idOf(outcome), { waitMs: 20_000 })).toMatchObject({ status: "completed" });
    const done = Date.now();
    await until("the end on disk", async () => (await runtime.get(idOf(outcome)))?.state === "completed");
    const { steps, names, lines, title, text } = await explained(runtime, idOf(outcome));

    expect(title).toContain("ledger.append  high  lane #");
    expect(title).toContain(`submitted by svc-kitchen  ${idOf(outcome)}`);
    expect(names).toEqual(["queued", "running", "completed"]);
    const [queued, running, completed] = steps;
    expect(queued!.at).toBeGreaterThanOrEqual(before);
    expect(queued!.at).toBeLessThanOrEqual(after);
    expect(queued!.what).toMatch(/^because policy: graph was (open|being probed)/);
    expect(queued!.what).toContain(`(local_queue in force since ${time(queueing.at)})`);
    const cause = queued!.causes.find(({ at }) => at === opened.at);
    expect(cause).toMatchObject({
      happened: "graph opened",
      what: expect.stringMatching(/^2 failures in a row \(limit 2\); last /),
      values: { consecutiveFailures: 2, limit: 2 },
    });
    const stored = await runtime.explain(`transition:${cause!.transition}`);
    expect(stored).toMatchObject({ title: "breaker:graph went from closed to open", steps: [{ at: opened.at }] });
    const closed = told("breaker:graph", "closed").at(-1)!;
    expect(running!.at).toBeGreaterThanOrEqual(closed.at);
    expect(running!.causes[0]).toMatchObject({ at: closed.at, happened: "graph closed" });
    expect(completed!.at).toBeGreaterThanOrEqual(running!.at!);
    expect(completed!.at).toBeLessThanOrEqual(done);
    expect(completed!.what).toMatch(/^attempt 1, receipt in graph, \d+ ms$/);

    expect(lines[1]).toBe(` ${time(queued!.at!)}  queued     ${queued!.what}`);
    expect(text).toContain(`↳ graph opened ${time(opened.at)}: 2 failures in a row (limit 2)`);
    expect(text).toContain(`↳ graph closed ${time(closed.at)}: a probe succeeded`);
    expect(text.split("\n").at(-1)).toBe(` ${time(completed!.at!)}  completed  ${completed!.what}`);
  });

  it("that was on its way when its dependency went: handed back, not counted, and by which opening", async () => {
    const { faulty, append, dataDirectory } = kitchen();
    const { runtime, told } = await started(dataDirectory, [append]);
    // A start waits for the first probe, and not for ever; before it work is queued and not begun.
    await until("the breaker to close", () => runtime.status().control.breakers[0]?.state === "closed");
    faulty.stall();
    const underWay = runtime.submit(append, { lane: "a" }, { answerWithinMs: 20 });
    expect(await underWay).toMatchObject({ status: "queued" });
    await until("it to be on its way", () => faulty.counts.begun > 0);
    faulty.cut();
    for (const lane of ["x", "y", "z"]) void runtime.submit(append, { lane });
    await until("the breaker to open", () => told("breaker:graph", "open").length > 0);
    faulty.restore();
    const id = idOf(await underWay);
    await runtime.result(id, { waitMs: 20_000 });
    await until("the end on disk", async () => (await runtime.get(id))?.state === "completed");
    const { names, steps } = await explained(runtime, id);
    expect(names[0]).toBe("running");
    expect(steps[0]!.what).toBe("begun with its acceptance");
    expect(names.slice(-2)).toEqual(["running", "completed"]);
    const returned = steps.filter(({ step }) => step === "returned" || step === "retrying");
    expect(returned.length).toBeGreaterThan(0);
    for (const { at } of returned) expect(at).toBeLessThanOrEqual(steps.at(-2)!.at!);
  });

  it("that is retried, dead, retried by a person and completed: each attempt with its error, and who did what", async () => {
    const { faulty, input, dataDirectory } = kitchen();
    let attempts = 0;
    const flaky = defineOperation({
      name: "ledger.flaky",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      orderingKey: ({ lane }) => lane,
      execute: async ({ graph }) => {
        attempts += 1;
        if (attempts === 1) throw new Error("no such fryer");
        await graph.append("Lane", [{ key: "f", property: "numbers", values: [1] }]);
      },
    });
    const { runtime } = await started(dataDirectory, [flaky]);
    const id = idOf(await runtime.enqueue(flaky, { lane: "a" }));
    await until("the dead letter", async () => (await runtime.get(id))?.state === "dead");
    const dead = await explained(runtime, id);
    expect(dead.names).toEqual(["running", "dead"]);
    expect(dead.steps[1]!.what).toBe(
      "a dead letter, handler_failed: The handler of ledger.flaky failed: no such fryer; its lane waits behind it",
    );
    const anna = { id: "anna", permissions: "*" } as const;
    await runtime.deadLetters.retry(id, { reason: "the fryer was added", principal: anna });
    await until("its end", async () => (await runtime.get(id))?.state === "completed");
    const { names, text } = await explained(runtime, id);
    expect(names).toEqual(["running", "dead", "retried", "running", "completed"]);
    expect(text).toContain("by anna: the fryer was added, in its place");
    expect(text).toContain("claimed from the queue");
  });

  it("that failed in passing: each attempt, its error's code, and when the next was due", async () => {
    const down = dependency({
      name: "search",
      probe: () => {},
      breaker: { consecutiveFailures: 100, minimumCalls: 100 },
    });
    let attempts = 0;
    const search = defineOperation({
      name: "search.index",
      version: 1,
      input: z.object({}),
      dependsOn: { search: down },
      execute: ({ search: index }) =>
        index.call(() => {
          attempts += 1;
          if (attempts < 3) throw new Error("down");
        }),
    });
    const { runtime } = await started(join(temporaryFolder(), "data"), [search]);
    const id = idOf(await runtime.enqueue(search, {}));
    await until("its end", async () => (await runtime.get(id))?.state === "completed");
    const { steps, names } = await explained(runtime, id);
    expect(names).toEqual(["running", "retrying", "running", "retrying", "running", "completed"]);
    expect(steps[1]!.what).toMatch(/^attempt 1 failed: \w+, to be tried again at \d\d:\d\d:\d\d\.\d{3}$/);
    expect(steps[3]!.what).toMatch(/^attempt 2 failed/);
    expect(steps.at(-1)!.what).toMatch(/^attempt 3, \d+ ms/);
    const times = steps.map(({ at }) => at!);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("that waits for its lane, is cancelled by a person, or expires", async () => {
    const { faulty, append, input, dataDirectory } = kitchen();
    const gate = Promise.withResolvers<void>();
    const holds = defineOperation({
      name: "ledger.holds",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      orderingKey: ({ lane }) => `ledger:${lane}`,
      execute: () => gate.promise,
    });
    const { runtime } = await started(dataDirectory, [append, holds]);
    const head = idOf(await runtime.enqueue(holds, { lane: "a" }));
    const behind = idOf(await runtime.enqueue(append, { lane: "a" }));
    const short = idOf(await runtime.enqueue(append, { lane: "a" }, { expiresAfterMs: 1 }));
    expect((await explained(runtime, head)).steps.at(-1)).toMatchObject({ step: "now", what: "running, attempt 1" });
    expect((await explained(runtime, behind)).steps).toMatchObject([
      { step: "queued", what: "because lane: earlier operations of its lane came first" },
      { step: "now", what: "blocked: earlier operations of its lane come first" },
    ]);
    const anna = { id: "anna", permissions: "*" } as const;
    await runtime.cancel(behind, { reason: "ordered twice", principal: anna });
    expect((await explained(runtime, behind)).steps.map(({ step, what }) => `${step} ${what}`)).toEqual([
      "queued because lane: earlier operations of its lane came first",
      "cancel asked for by anna: ordered twice",
      "cancelled it had no effect, and will have none",
    ]);
    gate.resolve();
    await until("it to expire", async () => (await runtime.get(short))?.state === "expired");
    expect((await explained(runtime, short)).steps.at(-1)).toMatchObject({
      step: "expired",
      what: expect.stringMatching(/after its acceptance: expired: /),
    });
  });

  it("that nobody knows has no explanation, and neither has what is no target", async () => {
    const { append, dataDirectory } = kitchen();
    const { runtime } = await started(dataDirectory, [append]);
    for (const target of ["op_999", "transition:99999", "alert:7", "", "alert:x", `op_${"0".repeat(32)}`])
      expect(await runtime.explain(target)).toBeUndefined();
  });
});

describe("invariant 4, explained: what is not an operation", () => {
  it("a refusal and a failure explain themselves, with the chain of causes", async () => {
    const { faulty, append, dataDirectory } = kitchen();
    const { runtime, told } = await started(dataDirectory, [append]);
    faulty.cut();
    for (const lane of ["x", "y", "z"]) void runtime.submit(append, { lane });
    await until("the breaker to open", () => told("breaker:graph", "open").length > 0);
    const refusal = await runtime.call(faulty.dependency, () => 1);
    expect(refusal.status).toBe("refused");
    const { lines, steps } = explainOutcome(refusal as never);
    expect(lines[0]).toBe("refused before anything was executed or stored");
    expect(lines[1]).toMatch(/refused {2}because unavailable: graph is not to be called now: .* Try again in \d+ s\./);
    expect(steps[0]!.causes.at(-1)).toMatchObject({ what: expect.stringMatching(/failures in a row \(limit 2\)/) });
    const invalid = explainOutcome(await runtime.submit(append, { lane: 7 } as never));
    expect(invalid.lines[1]).toContain("because invalid_input");
    expect(invalid.lines[1]).toContain("Trying the same again does not help.");
  });

  it("now: every mode in force and every dependency that is not called, and why; and an alert", async () => {
    const { faulty, append, input, dataDirectory } = kitchen();
    const broken = defineOperation({
      name: "ledger.broken",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      execute: () => {
        throw new Error("no");
      },
    });
    const { runtime, told } = await started(dataDirectory, [append, broken]);
    expect((await explained(runtime, "now")).title).toBe("normal is in force");
    await runtime.enqueue(broken, { lane: "a" });
    await until("the alert", () => runtime.alerts.unresolved.length === 1);
    const alert = runtime.alerts.unresolved[0]!;
    expect((await explained(runtime, `alert:${alert.id}`)).text).toContain("critical alert dead_letters:ledger.broken");
    faulty.cut();
    for (const lane of ["x", "y", "z"]) void runtime.submit(append, { lane });
    await until("local_queue", () => told("local_queue:graph", "queueing").length > 0);
    const { title, names, text } = await explained(runtime, "now");
    expect(title).toBe("local_queue is in force");
    expect(names).toEqual(["local_queue", "graph"]);
    expect(text).toMatch(/graph +is (open|being probed): its operations queue/);
    expect(text).toContain("↳ calls:graph: 2 failures in a row (limit 2)");
  });
});
