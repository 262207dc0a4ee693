import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { DependencyAdmission } from "../../machines/contracts/admission-policy.ts";
import { defineOperation, dependency, type Outcome, type Priority } from "../../src/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";
import { runtimeWithPolicy } from "../support/policy-in-force.ts";

/** A service whose calls take a permit each until they are let go, the one that began first first. */
async function kitchen(permits: number) {
  const order: string[] = [];
  const underWay: (() => void)[] = [];
  const search = dependency({ name: "search", probe: () => {}, concurrency: { limit: permits, slowStartMs: 0 } });
  const look = defineOperation({
    name: "search.look",
    version: 1,
    input: z.object({ name: z.string() }),
    dependsOn: { search },
    execute: ({ input: { name }, search: handle }) =>
      handle.call(async () => {
        order.push(name);
        await new Promise<void>((resolve) => underWay.push(resolve));
      }),
  });
  const { runtime, put } = await runtimeWithPolicy({
    dataDirectory: join(temporaryFolder(), "data"),
    operations: [look],
  });
  const outcomes: Promise<Outcome>[] = [];
  const endAll = (): void => {
    for (const end of underWay.splice(0)) end();
  };
  onTestFinished(() => {
    endAll();
    return runtime.stop();
  });
  let waiting = 0;
  const waits = (): Promise<void> => {
    waiting += 1;
    return until(`${waiting} to wait`, () => runtime.status().queue.counts.ready === waiting);
  };
  return {
    order,
    /** A caller who waits for the answer, and for whom there is no permit. */
    async call(name: string, priority: Priority) {
      outcomes.push(runtime.submit(look, { name }, { priority }));
      await waits();
    },
    /** What the callers were told, when all have begun. */
    async answers() {
      endAll();
      return (await Promise.all(outcomes)).map(({ status }) => status);
    },
    /** Nobody waits for it. */
    async enqueue(name: string, priority: Priority) {
      await runtime.enqueue(look, { name }, { priority });
      await waits();
    },
    async occupy() {
      outcomes.push(runtime.submit(look, { name: "first" }, { priority: "low" }));
      await until("the permit to be in use", () => underWay.length === 1);
    },
    /** Ends the call that began first, and waits for the one that gets its permit. */
    async next(times = 1) {
      for (let time = 0; time < times; time += 1) {
        const begun = order.length;
        underWay.shift()?.();
        await until("its permit to be taken", () => order.length === begun + 1);
        waiting -= 1;
      }
    },
    /** What the policy says of the dependency. */
    async admit(change: Partial<DependencyAdmission>) {
      const { dependencies } = runtime.policy;
      put({ dependencies: { ...dependencies, search: { ...dependencies["search"]!, ...change } } });
      if (change.decision !== "run") return;
      await until("all permits to be in use", () => order.length === permits);
      waiting -= permits;
    },
  };
}

describe("what gets the next permit", () => {
  test("is the most urgent of the callers who wait, and within a priority the oldest", async () => {
    const { order, occupy, call, next, answers } = await kitchen(1);
    await occupy();
    for (const [index, priority] of (["low", "normal", "critical", "normal", "critical"] as const).entries())
      await call(`${priority} ${index + 1}`, priority);
    await next(5);
    expect(order.slice(1)).toEqual(["critical 3", "critical 5", "normal 2", "normal 4", "low 1"]);
    expect(await answers()).toEqual(Array(6).fill("completed"));
  });

  test("is an urgent operation that nobody waits for, before a caller with a less urgent one", async () => {
    const { order, occupy, call, enqueue, next } = await kitchen(1);
    await occupy();
    await enqueue("low, old", "low");
    await call("low, live", "low");
    await call("normal, live", "normal");
    await enqueue("critical, 1", "critical");
    await enqueue("critical, 2", "critical");
    await next(5);
    expect(order.slice(1)).toEqual(["critical, 1", "critical, 2", "normal, live", "low, live", "low, old"]);
  });

  test("is of a backlog that drains, as long as it has less than a quarter of them, and then of who waits", async () => {
    const { order, call, enqueue, admit, next } = await kitchen(4);
    await admit({ decision: "queue" });
    for (let number = 1; number <= 8; number += 1) await enqueue(`backlog ${number}`, "normal");
    await admit({ decision: "run", backlogShare: 0.25 });
    for (let number = 1; number <= 6; number += 1) await call(`live ${number}`, "normal");
    await next(10);
    expect(order.map((name) => name.split(" ")[0])).toEqual([
      ...Array<string>(4).fill("backlog"),
      "live",
      "live",
      "live",
      "backlog",
      "live",
      "live",
      "live",
      "backlog",
      "backlog",
      "backlog",
    ]);
  });

  test("is of a backlog that drains and of who waits by turns, where there is one permit only", async () => {
    const { order, call, enqueue, admit, next } = await kitchen(1);
    await admit({ decision: "queue" });
    for (let number = 1; number <= 4; number += 1) await enqueue(`backlog ${number}`, "normal");
    await admit({ decision: "run", backlogShare: 0.25 });
    for (let number = 1; number <= 3; number += 1) await call(`live ${number}`, "normal");
    await next(6);
    expect(order.map((name) => name.split(" ")[0])).toEqual([
      "backlog",
      "live",
      "backlog",
      "live",
      "backlog",
      "live",
      "backlog",
    ]);
  });
});
