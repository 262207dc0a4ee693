import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createRuntime, defineOperation, dependency, type Priority } from "../../src/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

test("of the callers who wait for a permit the most urgent goes first, and within a priority the oldest", async () => {
  const gate = Promise.withResolvers<void>();
  const order: number[] = [];
  const search = dependency({ name: "search", probe: () => {}, concurrency: { limit: 1, slowStartMs: 0 } });
  const look = defineOperation({
    name: "search.look",
    version: 1,
    input: z.object({ number: z.int() }),
    dependsOn: { search },
    execute: ({ input: { number }, search: handle }) =>
      handle.call(async () => {
        order.push(number);
        if (number === 0) await gate.promise;
      }),
  });
  const runtime = await createRuntime({ dataDirectory: join(temporaryFolder(), "data"), operations: [look] });
  onTestFinished(() => runtime.stop());
  const submit = (number: number, priority: Priority) => runtime.submit(look, { number }, { priority });
  const inUse = submit(0, "low");
  await until("the only permit is in use", () => order.length === 1);

  const waiting = (["low", "normal", "critical", "normal", "critical"] as const).map((priority, index) =>
    submit(index + 1, priority),
  );
  await until("all of them wait", () => runtime.status().queue.counts.ready === waiting.length);
  gate.resolve();
  const outcomes = await Promise.all([inUse, ...waiting]);

  expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill("completed"));
  expect(order).toEqual([0, 3, 5, 2, 4, 1]);
});
