import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import {
  createRuntime,
  type Dependency,
  DependencyError,
  defineOperation,
  type Random,
  type Runtime,
} from "../../src/index.ts";
import { faultyGraph } from "../../src/testing/index.ts";
import { readJournal, until } from "../support/ledger.ts";
import { LEDGER_GRAPHS, type Ledger } from "./ledger-graphs.ts";

interface Appends {
  append(label: "Lane", rows: readonly { key: string; property: string; values: readonly number[] }[]): Promise<void>;
}

function graphOf({ settings: { graph } }: Ledger): {
  readonly dependency: Dependency<Appends>;
  readonly label: string;
} {
  if (graph.kind === "embedded")
    return { dependency: embeddedGraph({ file: graph.file, nodes: { Lane: { key: "id" } } }), label: "Lane" };
  const { label, ...login } = graph;
  return { dependency: neo4j({ ...login, nodes: { [label]: { key: "id" } } }) as Dependency<Appends>, label };
}

/** The first reading back of receipts throws something that no port may throw. */
function failingOnce(dependency: Dependency<Appends>): Dependency<Appends> {
  let isFirst = true;
  return {
    ...dependency,
    connect(context) {
      const connection = dependency.connect(context);
      const receipts = connection.receipts!;
      const find: typeof receipts.find = (keys, timeoutMs) => {
        if (!isFirst) return receipts.find(keys, timeoutMs);
        isFirst = false;
        return Promise.reject(new TypeError("not by design"));
      };
      const failing = new Proxy(receipts, { get: (target, name) => (name === "find" ? find : bound(target, name)) });
      return new Proxy(connection, {
        get: (target, name) => (name === "receipts" ? failing : bound(target, name)),
      });
    },
  };
}

function bound(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name, target);
  return typeof member === "function" ? (member.bind(target) as unknown) : member;
}

interface RunningOptions {
  readonly pendingSubmits?: number;
  readonly random?: Random;
  readonly consecutiveFailures?: number;
}

async function running(ledger: Ledger, dependency: Dependency<Appends>, label: string, options: RunningOptions = {}) {
  const { pendingSubmits = 1_000, random = { next: () => 0.5 }, consecutiveFailures = 5 } = options;
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input: z.object({ lane: z.string(), number: z.number() }),
    dependsOn: { graph: dependency },
    orderingKey: ({ lane }) => lane,
    execute: ({ input, graph }) =>
      graph.append(label as "Lane", [{ key: input.lane, property: "numbers", values: [input.number] }]),
  });
  const runtime: Runtime = await createRuntime({
    dataDirectory: ledger.dataDirectory,
    operations: [append],
    random,
    config: {
      breaker: { initialBreakMs: 50, maximumBreakMs: 200, consecutiveFailures },
      queue: { maximumPendingSubmits: pendingSubmits },
    },
  });
  onTestFinished(() => runtime.stop());
  await until("the breaker to close", () => runtime.status().control.policy.dependencies["graph"]?.decision === "run");
  return { runtime, append };
}

describe.each(LEDGER_GRAPHS)("on $name", ({ skipped, open }) => {
  const test = it.skipIf(skipped !== undefined);

  test("invariant 8: a drain that crashes is restarted, its breaker never notices, and the backlog is executed once and in order", async () => {
    const ledger = await open();
    const { dependency, label } = graphOf(ledger);
    const faulty = faultyGraph(failingOnce(dependency));
    const { runtime, append } = await running(ledger, faulty.dependency, label);
    faulty.cut();
    const numbers = Array.from({ length: 30 }, (_, number) => number);
    for (const number of numbers) await runtime.submit(append, { lane: "a", number }, { answerWithinMs: 20 });
    await until(
      "the breaker to open",
      () => runtime.status().control.policy.dependencies["graph"]?.decision === "queue",
    );
    faulty.restore();
    const actor = (id: string) => runtime.status().control.actors.find((found) => found.id === id);
    await until("the drain to fall", () => (actor("drain:graph")?.falls ?? 0) > 0);
    expect(actor("breaker:graph")).toMatchObject({ falls: 0 });
    await until("normal mode", () => runtime.status().control.policy.modes[0]?.mode === "normal");
    await until("the ends to be on disk", () => readJournal(ledger.dataDirectory).ended.length === 30);
    expect((await ledger.lists()).get("a")).toEqual(numbers);
  });

  test("invariant 8: a breaker that crashes is restarted, its dependency queues meanwhile, and its generation never goes back", async () => {
    const ledger = await open();
    const { dependency, label } = graphOf(ledger);
    const faulty = faultyGraph(dependency);
    let crashes = 0;
    const random: Random = {
      next() {
        if (crashes === 0) return 0.5;
        crashes -= 1;
        throw new TypeError("not by design");
      },
    };
    const { runtime, append } = await running(ledger, faulty.dependency, label, { random });
    const seen: number[] = [];
    runtime.on("policy", ({ dependencies }) => {
      const { state, decision, generation } = dependencies["graph"]!;
      seen.push(generation);
      if (state !== "closed") expect(decision).toBe("queue");
    });
    faulty.cut();
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    for (const number of numbers) await runtime.submit(append, { lane: "a", number }, { answerWithinMs: 20 });
    await until(
      "the breaker to open",
      () => runtime.status().control.policy.dependencies["graph"]?.decision === "queue",
    );
    crashes = 1;
    const actor = (id: string) => runtime.status().control.actors.find((found) => found.id === id);
    await until("the breaker to fall", () => (actor("breaker:graph")?.falls ?? 0) > 0);
    expect(actor("drain:graph")).toMatchObject({ falls: 0 });
    faulty.restore();
    await until("the ends to be on disk", () => readJournal(ledger.dataDirectory).ended.length === 20);
    expect((await ledger.lists()).get("a")).toEqual(numbers);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test("invariant 6: a failure that comes back after its breaker has opened and closed again opens nothing", async () => {
    const ledger = await open();
    const { dependency, label } = graphOf(ledger);
    const late = Promise.withResolvers<void>();
    const lost = () =>
      new DependencyError("connection_lost", "Lost.", { dependency: "graph", kind: "unavailable", effect: "none" });
    const failedOnce = new Set<string>();
    const faulty = faultyGraph(dependency, {
      onPoint: async (point, { operationId }) => {
        if (point !== "beforeBegin" || failedOnce.has(operationId) || failedOnce.size === 2) return;
        failedOnce.add(operationId);
        if (failedOnce.size === 1) await late.promise;
        throw lost();
      },
    });
    const { runtime, append } = await running(ledger, faulty.dependency, label, { consecutiveFailures: 1 });
    const states: string[] = [];
    runtime.on("transition", ({ machine, to }) => void (machine === "breaker:graph" && states.push(to)));
    const first = runtime.submit(append, { lane: "late", number: 1 });
    await until("it to be under way", () => failedOnce.size === 1);
    const second = runtime.submit(append, { lane: "early", number: 2 });
    await until("the breaker to have opened and closed", () => states.at(-1) === "closed");
    expect(states[0]).toBe("open");
    const before = states.length;
    late.resolve();
    await Promise.all([first, second]);
    await until("both ends to be on disk", () => readJournal(ledger.dataDirectory).ended.length === 2);
    expect(states.slice(before)).toEqual([]);
    expect([(await ledger.lists()).get("late"), (await ledger.lists()).get("early")]).toEqual([[1], [2]]);
  });

  test("invariant 12: submits above the pending limit are refused, and the others have their effect once", async () => {
    const ledger = await open();
    const { dependency, label } = graphOf(ledger);
    const { runtime, append } = await running(ledger, dependency, label, { pendingSubmits: 10 });
    const outcomes = await Promise.all(
      Array.from({ length: 15 }, (_, number) => runtime.submit(append, { lane: "a", number })),
    );
    expect(outcomes.map(({ status }) => status).slice(10)).toEqual(Array(5).fill("refused"));
    await until("the ends to be on disk", () => readJournal(ledger.dataDirectory).ended.length === 10);
    expect((await ledger.lists()).get("a")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
