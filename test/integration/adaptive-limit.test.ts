import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createRuntime, dependency } from "../../src/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

const CAPACITY = 6;
const ALONE_MS = 15;

it("the concurrency limit of a dependency that bears six calls comes near six, and says why", async () => {
  const search = dependency({ name: "search", probe: () => {} });
  const runtime = await createRuntime({
    dataDirectory: join(temporaryFolder(), "data"),
    operations: [],
    dependencies: [search],
    config: { concurrency: { slowStartMs: 500, adaptWindowMs: 100, limit: 64 } },
  });
  onTestFinished(() => runtime.stop());
  let atOnce = 0;
  const work = async (): Promise<void> => {
    atOnce += 1;
    await new Promise((resolve) => setTimeout(resolve, ALONE_MS * Math.max(1, atOnce / CAPACITY)));
    atOnce -= 1;
  };
  let done = false;
  let answered = 0;
  const caller = async (): Promise<void> => {
    while (!done) {
      const { status } = await runtime.call(search, work);
      if (status === "completed") answered += 1;
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const callers = Array.from({ length: 64 }, caller);
  const measured = () => runtime.status().dependencies[0]!;
  try {
    await until("the limit to have come down", () => (measured().adapted?.limit ?? 64) <= CAPACITY * 3);
    expect(measured()).toMatchObject({ configuredLimit: 64, adapted: { what: expect.stringContaining("usual") } });
    const limits: number[] = [];
    const before = answered;
    await until("a thousand calls more", () => (limits.push(measured().limit), answered - before > 1_000));
    expect(Math.max(...limits)).toBeLessThan(32);
    expect(Math.min(...limits)).toBeGreaterThanOrEqual(4);
  } finally {
    done = true;
    await Promise.all(callers);
  }
});
