import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "holdfast";
import { createHoldfastClient } from "holdfast/client";
import { serveRuntime } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { kitchen } from "./server-kitchen.ts";

async function backedUpKitchen() {
  const made = kitchen();
  const backupDirectory = join(made.folder, "backups");
  const runtime = await createRuntime({
    dataDirectory: made.dataDirectory,
    operations: made.operations,
    backupDirectory,
    config: { breaker: { initialBreakMs: 60_000 } },
  });
  onTestFinished(() => runtime.stop());
  return { ...made, runtime, backupDirectory };
}

describe("a backup", () => {
  test("made while operations are accepted is restored with all that was accepted before it", async () => {
    const { runtime, operations, faulty } = await backedUpKitchen();
    const [record] = operations;
    faulty.cut();
    const before = [];
    for (let number = 0; number < 200; number += 1)
      before.push(await runtime.enqueue(record, { id: `fryer-${number % 7}`, celsius: number }));
    let isDone = false;
    const accepted = (async () => {
      while (!isDone) await runtime.enqueue(record, { id: "busy", celsius: 1 });
    })();
    const told: number[] = [];
    const { file, rows, bytes } = await runtime.backup({
      reason: "a test",
      onProgress: ({ copiedPages, totalPages }) => told.push(copiedPages / totalPages),
    });
    isDone = true;
    await accepted;
    expect(rows["operation"]).toBeGreaterThanOrEqual(200);
    expect(bytes).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThan(0);

    const restored = kitchen();
    mkdirSync(restored.dataDirectory, { recursive: true });
    copyFileSync(file, join(restored.dataDirectory, "journal.db"));
    await using other = await createRuntime({ dataDirectory: restored.dataDirectory, operations: restored.operations });
    for (const outcome of before)
      if (outcome.status === "queued")
        expect(await other.result(outcome.operationId, { waitMs: 30_000 })).toMatchObject({ status: "completed" });
  });

  test("takes no other file's place, and leaves nothing half done", async () => {
    const { runtime, folder } = await backedUpKitchen();
    const file = join(folder, "backups", "monday.db");
    mkdirSync(join(folder, "backups"));
    writeFileSync(file, "mine");
    await expect(runtime.backup({ file, reason: "a test" })).rejects.toMatchObject({ code: "file_exists" });
    await expect(runtime.backup({ file: join(folder, "b.db"), reason: " " })).rejects.toMatchObject({
      code: "reason_missing",
    });
    expect(readdirSync(join(folder, "backups"))).toEqual(["monday.db"]);
    expect(existsSync(join(folder, "b.db"))).toBe(false);
  });

  test("asked for from afar goes where the operator has said, and is recorded; without that it is refused", async () => {
    const { dataDirectory, operations, folder } = kitchen();
    const backupDirectory = join(folder, "backups");
    const server = await serveRuntime({
      runtime: () => createRuntime({ dataDirectory, operations, backupDirectory }),
      port: 0,
      stopOn: [],
      authentication: "none",
    });
    onTestFinished(() => server.stop());
    const client = createHoldfastClient({ url: server.url });
    const answer = await client.backups.create.mutate({ reason: "before the upgrade" });
    expect(readdirSync(backupDirectory)).toEqual([answer.name]);
    expect(answer.rows["meta"]).toBe(1);

    const elsewhere = kitchen();
    const bare = await serveRuntime({
      runtime: () => createRuntime({ dataDirectory: elsewhere.dataDirectory, operations: elsewhere.operations }),
      port: 0,
      stopOn: [],
      authentication: "none",
    });
    onTestFinished(() => bare.stop());
    await expect(
      createHoldfastClient({ url: bare.url }).backups.create.mutate({ reason: "try" }),
    ).rejects.toMatchObject({ data: { reason: "no_backup_directory" } });
  });
});
