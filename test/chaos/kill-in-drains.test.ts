import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { startFaultProxy } from "../../src/testing/index.ts";
import { readEmbeddedLedger, readJournal, until } from "../support/ledger.ts";
import { mutate } from "./http-questions.ts";
import { SerialCaller } from "./serial-caller.ts";
import { ServedPlace, type ServedProcess } from "./served-process.ts";
import { storedDeadline, storedPath, storedRecord } from "./stored-control.ts";

const LANES = ["a", "b", "c", "d"];
const numbersOf = (lane: string): readonly number[] =>
  Array.from({ length: 10 }, (_, index) => 1_000 * lane.charCodeAt(0) + index);
/** In the middle of the second lane: the others go on without it. */
const STANDS_AT = 1_000 * "b".charCodeAt(0) + 5;

/** Forty operations of four lanes, all of them acknowledged as queued. */
async function queueBacklog(place: ServedPlace): Promise<void> {
  for (const lane of LANES)
    for (const number of numbersOf(lane)) {
      const wish = { name: "ledger.append", input: { lane, number }, idempotencyKey: `${number}`, enqueue: true };
      expect((await mutate(place.port, "operations.submit", wish)).data).toMatchObject({ status: "queued" });
    }
}

async function expectDrained(place: ServedPlace, service: ServedProcess): Promise<void> {
  await until("the drain to be verified", () => storedRecord(place.dataDirectory, "drain:graph")?.state === "empty");
  await until("normal mode", async () => (await service.status()).currentMode === "normal");
  // Of what was answered `completed` last, the end may still be on its way to the disk.
  await until("every end to be on disk", () => readJournal(place.dataDirectory).waiting.length === 0);
  const lists = readEmbeddedLedger(place.graphFile);
  for (const lane of LANES) expect(lists.get(lane)).toEqual(numbersOf(lane));
  expect(storedPath(place.dataDirectory, "drain:graph")).not.toContain("disputed");
}

const stands = (service: ServedProcess): Promise<void> =>
  until("the drain to stand", () => service.messages.some(({ kind }) => kind === "stands"));

describe("SIGKILL in the middle of local_queue", () => {
  test("invariants 1, 2, 3: a drain that dies goes on, verifies, and loses, doubles and reorders nothing", async () => {
    const place = await ServedPlace.open();
    const first = await place.start({ startsCut: true });
    await queueBacklog(place);
    await first.kill();

    const second = await place.start({ standsAt: STANDS_AT });
    await stands(second);
    await until("the other lanes", () => readEmbeddedLedger(place.graphFile).get("d")?.length === 10);
    expect(await second.steps()).toEqual(["local_queue draining"]);
    await second.kill();
    expect(storedRecord(place.dataDirectory, "drain:graph")?.state).toBe("draining");

    const third = await place.start();
    await expectDrained(place, third);
    expect(storedPath(place.dataDirectory, "local_queue:graph")).toEqual(["queueing", "draining", "dormant"]);
  });

  test("invariants 1, 2, 3: a drain that relapses and dies then queues on, drains later, and loses nothing", async () => {
    const place = await ServedPlace.open();
    const first = await place.start({ startsCut: true });
    await queueBacklog(place);
    await first.kill();

    const second = await place.start({ standsAt: STANDS_AT });
    await stands(second);
    second.cut();
    const caller = new SerialCaller(place.port, "normal", { lane: "late" });
    await until(
      "the relapse to be on disk",
      () => storedRecord(place.dataDirectory, "drain:graph")?.state === "filling",
    );
    await second.kill();

    const third = await place.start({ startsCut: true });
    await caller.answered(2);
    expect(await third.steps()).toEqual(["local_queue queueing"]);
    third.restore();
    await caller.saw("completed");
    await caller.stop();
    await expectDrained(place, third);
    expect(readEmbeddedLedger(place.graphFile).get("late")).toEqual(caller.acknowledged);
  });

  test("invariant 7: while it queues, the lost dependency is left alone until its break is over", async () => {
    const sold: string[] = [];
    const counter = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (line) => {
        sold.push(line.toString().trim());
        socket.end("done\n");
      });
    });
    await new Promise<void>((resolve) => counter.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void counter.close());
    const address = counter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port } });
    onTestFinished(() => proxy.close());
    const breaker = { consecutiveFailures: 1, initialBreakMs: 4_000, maximumBreakMs: 4_000, breakJitter: 0 };
    const place = await ServedPlace.open({ breaker });
    const sell = async (number: number) =>
      (await mutate(place.port, "operations.submit", { name: "till.sale", input: { number }, answerWithinMs: 200 }))
        .data;

    const first = await place.start({ tillPort: proxy.port });
    expect(await sell(1)).toMatchObject({ status: "completed" });
    proxy.cut();
    expect(await sell(2)).toMatchObject({ status: "queued" });
    await until("the break to be on disk", () => storedRecord(place.dataDirectory, "breaker:till")?.state === "open");
    const deadline = storedDeadline(place.dataDirectory, "breaker:till");
    await first.kill();
    proxy.restore();
    const tried = proxy.log.length;

    const second = await place.start({ tillPort: proxy.port });
    expect(await second.steps()).toEqual(["local_queue queueing"]);
    expect(await sell(3)).toMatchObject({ status: "queued", because: "policy", cause: { actor: "calls:till" } });
    await until("both sales", () => sold.includes("sale 3"));
    const [probe] = proxy.log.slice(tried);
    expect(probe?.at).toBeGreaterThanOrEqual(deadline - 1);
    expect(sold.filter((line) => line !== "probe")).toEqual(["sale 1", "sale 2", "sale 3"]);
    await until("normal mode", async () => (await second.status()).currentMode === "normal");
    expect(storedPath(place.dataDirectory, "local_queue:till").slice(0, 1)).toEqual(["queueing"]);
  });
});
