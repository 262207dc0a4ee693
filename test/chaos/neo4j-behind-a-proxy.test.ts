import { describe, expect, it, onTestFinished } from "vitest";
import { neo4jAddress, neo4jSkipped } from "../conformance/neo4j-support.ts";
import { type FaultProxy, startFaultProxy } from "../../src/testing/index.ts";
import { until } from "../support/ledger.ts";
import { LEDGER_GRAPHS, type Ledger } from "./ledger-graphs.ts";
import type { LedgerSettings } from "./ledger-messages.ts";
import { LedgerProcess } from "./ledger-process.ts";

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const LANES = ["a", "b", "c", "d", "e", "f", "g", "h"];

async function behindProxy(
  settings: Partial<LedgerSettings> = {},
): Promise<{ ledger: Ledger; proxy: FaultProxy; start: () => Promise<LedgerProcess> }> {
  const ledger = await LEDGER_GRAPHS.find(({ name }) => name === "a real Neo4j")!.open();
  const proxy = await startFaultProxy({ target: neo4jAddress() });
  onTestFinished(() => proxy.close());
  const { graph, dataDirectory } = ledger.settings;
  const through = graph.kind === "neo4j" ? { ...graph, uri: `bolt://127.0.0.1:${proxy.port}` } : graph;
  return { ledger, proxy, start: () => LedgerProcess.start({ dataDirectory, graph: through, ...settings }) };
}

/** Submits one number after the other to each of eight lanes, so that there is always something in flight. */
function load(service: LedgerProcess, from: number, to: number): void {
  for (const number of numbers(from, to))
    LANES.forEach((lane, index) => service.submit(lane, [number * 100 + index], 50));
}

async function expectEachOnceAndInOrder(ledger: Ledger, to: number): Promise<void> {
  const lists = await ledger.lists();
  LANES.forEach((lane, index) => expect(lists.get(lane)).toEqual(numbers(1, to).map((number) => number * 100 + index)));
}

const inOrder = (service: LedgerProcess, machine: string, ...states: string[]): boolean => {
  let seen = 0;
  for (const message of service.messages)
    if (message.kind === "transition" && message.machine === machine && message.to === states[seen]) seen += 1;
  return seen === states.length;
};

describe.skipIf(neo4jSkipped !== undefined)("a real Neo4j behind a TCP proxy", () => {
  it("invariants 1, 2, 3: a cut in the middle of transactions loses, doubles and reorders nothing", async () => {
    const { ledger, proxy, start } = await behindProxy();
    const service = await start();
    load(service, 1, 10);
    await until("some to be acknowledged", () => service.acknowledged.length > 10);
    proxy.cut();
    load(service, 11, 20);
    await until("all to be acknowledged", () => service.acknowledged.length === 160);
    expect(inOrder(service, "breaker:graph", "open")).toBe(true);
    expect((await service.status()).modes).toContain("local_queue");
    proxy.restore();
    await service.drained();
    await expectEachOnceAndInOrder(ledger, 20);
    await until("normal mode", async () => (await service.status()).modes[0] === "normal");
  });

  it("invariants 1, 2, 3: answers to COMMIT that are lost are replayed, and their receipts are found", async () => {
    const { ledger, proxy, start } = await behindProxy();
    const service = await start();
    proxy.swallowCommitAnswers(4);
    load(service, 1, 10);
    await until("all to be acknowledged", () => service.acknowledged.length === 80);
    await service.drained();
    await expectEachOnceAndInOrder(ledger, 10);
    expect(proxy.swallowed).toBe(4);
    expect((await service.status()).replayed).toBeGreaterThanOrEqual(4);
  });

  it("invariants 1, 2, 3: connections reset by the peer lose, double and reorder nothing", async () => {
    const { ledger, proxy, start } = await behindProxy();
    const service = await start();
    load(service, 1, 20);
    for (let time = 0; time < 5; time++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      proxy.reset();
    }
    await until("all to be acknowledged", () => service.acknowledged.length === 160);
    await service.drained();
    await expectEachOnceAndInOrder(ledger, 20);
  });

  it("invariants 1, 2, 3: a stalled server is ended by the attempt timeout, and loses, doubles and reorders nothing", async () => {
    const { ledger, proxy, start } = await behindProxy({ attemptTimeoutMs: 1_000 });
    const service = await start();
    load(service, 1, 10);
    await until("some to be acknowledged", () => service.acknowledged.length > 10);
    proxy.stall();
    load(service, 11, 12);
    await until("the breaker to open", () => inOrder(service, "breaker:graph", "open"));
    proxy.restore();
    await service.drained();
    await expectEachOnceAndInOrder(ledger, 12);
  });

  it("invariants 1, 2, 3, 7: killed while cut off, it goes on waiting for what was left of its break, then probes and drains", async () => {
    const { ledger, proxy, start } = await behindProxy({
      config: { breaker: { initialBreakMs: 7_000, maximumBreakMs: 7_000, breakJitter: 0 } },
    });
    const first = await start();
    load(first, 1, 5);
    await until("some to be acknowledged", () => first.acknowledged.length > 10);
    proxy.cut();
    load(first, 6, 10);
    await until("the breaker to open", () => inOrder(first, "breaker:graph", "open"));
    await until("all to be acknowledged", () => first.acknowledged.length === 80);
    const opened = first.messages.find(
      (message) => message.kind === "transition" && message.machine === "breaker:graph" && message.to === "open",
    ) as { at: number };
    await new Promise((resolve) => setTimeout(resolve, opened.at + 2_000 - Date.now()));
    await first.kill();
    proxy.restore();
    await new Promise((resolve) => setTimeout(resolve, opened.at + 4_000 - Date.now()));
    const restartedAt = Date.now();
    const second = await start();
    await second.drained();
    const next = proxy.log.find(({ at }) => at >= restartedAt);
    // Bounds of the promise, not of the machine's speed: not before the break is over, and not a whole break later.
    expect(next!.at - opened.at).toBeGreaterThanOrEqual(6_900);
    expect(next!.at - opened.at).toBeLessThan(13_000);
    await expectEachOnceAndInOrder(ledger, 10);
  });
});
