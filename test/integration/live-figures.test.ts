import { describe, expect, test } from "vitest";
import { serveKitchen } from "./server-kitchen.ts";

describe("the live figures", () => {
  test("count every operation once, on disk and off it, by priority", async () => {
    const { server, client, operations, faulty } = await serveKitchen();
    const [record, read] = operations;
    const samples: { accepted: number; completed: number; latency: readonly { priority: string; ended: number }[] }[] =
      [];
    const seen = Promise.withResolvers<void>();
    const watching = client.live.watch.subscribe(undefined, {
      onStarted: () => void work(),
      onData: ({ data }) => {
        if (data.kind !== "sample") return;
        samples.push(data);
        if (sum("completed") >= 13) seen.resolve();
      },
    });
    const sum = (figure: "accepted" | "completed") => samples.reduce((total, sample) => total + sample[figure], 0);
    async function work(): Promise<void> {
      for (let n = 0; n < 10; n++)
        await server.runtime.submit(record, { id: `fryer-${n}`, celsius: n }, { priority: n < 4 ? "high" : "low" });
      for (let n = 0; n < 3; n++) await server.runtime.submit(read, { id: "fryer-0" });
    }
    await seen.promise;
    watching.unsubscribe();

    expect(sum("accepted")).toBe(10);
    expect(sum("completed")).toBe(13);
    const ended = (wanted: string) =>
      samples
        .flatMap(({ latency }) => latency)
        .reduce((total, { priority, ended: count }) => total + (priority === wanted ? count : 0), 0);
    expect([ended("high"), ended("low"), ended("normal")]).toEqual([4, 6, 3]);
    faulty.restore();
  });

  test("keep what has passed for whoever comes later, and show what waits while the graph is cut", async () => {
    const { server, client, operations, faulty } = await serveKitchen();
    const [record] = operations;
    faulty.cut();
    for (let n = 0; n < 5; n++) await server.runtime.enqueue(record, { id: `fryer-${n}`, celsius: n });
    await expect
      .poll(async () => (await client.live.recent.query()).samples.at(-1)?.waiting, { timeout: 20_000 })
      .toBe(5);
    const { samples } = await client.live.recent.query();
    expect(samples.reduce((total, { accepted }) => total + accepted, 0)).toBe(5);
  });
});
