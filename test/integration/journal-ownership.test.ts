import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import SQLite from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { latestVersion } from "../../src/storage/migrations/index.ts";
import { StorageError } from "../../src/errors.ts";
import { openJournal } from "../../src/storage/open-journal.ts";
import { journalOptions, openTestJournal, temporaryDirectory } from "./journal-fixture.ts";

const open = (directory: string) => openJournal(journalOptions(directory));

async function holdInAnotherProcess(directory: string): Promise<ChildProcess> {
  const holder = fileURLToPath(new URL("./journal-holder.ts", import.meta.url));
  const child = spawn(process.execPath, [holder, directory], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

describe("one runtime per data directory", () => {
  test("a second opener in the same process is refused and told who holds it", async () => {
    const { directory, close } = await openTestJournal();
    const refused = await open(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StorageError);
    expect(refused).toMatchObject({ code: "data_directory_in_use", retryable: true });
    expect((refused as Error).message).toContain(`process ${process.pid} on `);
    await close();
    await (await open(directory)).shutDown();
  });

  test("so is one in another process; kill -9 gives the directory back at once", async () => {
    const directory = temporaryDirectory();
    const child = await holdInAnotherProcess(directory);
    await expect(open(directory)).rejects.toThrow(`process ${child.pid} on `);
    child.kill("SIGKILL");
    await once(child, "exit");
    const journal = await open(directory);
    expect(journal.opened).toMatchObject({ epoch: 2, cleanShutdown: false });
    await journal.shutDown();
  });

  test("a refused opener leaves the holder undisturbed", async () => {
    const { directory, accept, states } = await openTestJournal();
    await expect(open(directory)).rejects.toMatchObject({ code: "data_directory_in_use" });
    await accept();
    expect(states()).toEqual({ 1: "ready" });
  });
});

describe("files that are not to be touched", () => {
  test("a database newer than the code is refused with both versions", async () => {
    const { directory, close } = await openTestJournal();
    await close();
    const path = join(directory, "journal.db");
    const database = new SQLite(path);
    database.pragma("user_version = 99");
    database.close();
    const before = readFileSync(path);
    const refused = await open(directory).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "database_newer", retryable: false });
    expect((refused as Error).message).toMatch(new RegExp(`version 99.*knows ${latestVersion}`));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each([
    [
      "a file that is no database",
      (path: string) => writeFileSync(path, "this is not a database, but somebody needs it\n".repeat(100)),
    ],
    [
      "somebody else's database",
      (path: string) => {
        const database = new SQLite(path);
        database.exec("CREATE TABLE theirs (id INTEGER)");
        database.close();
      },
    ],
  ])("%s is refused with its path and left as it is", async (_, write) => {
    const directory = temporaryDirectory();
    const path = join(directory, "journal.db");
    write(path);
    const before = readFileSync(path);
    const refused = await open(directory).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "database_corrupt" });
    expect((refused as Error).message).toContain(path);
    expect(readFileSync(path).equals(before)).toBe(true);
    writeFileSync(path, "");
    await (await open(directory)).shutDown();
  });

  test("a journal whose pages are damaged is refused with its path and left as it is", async () => {
    const { directory, accept, close } = await openTestJournal();
    await Promise.all(Array.from({ length: 200 }, () => accept()));
    await close();
    const path = join(directory, "journal.db");
    const bytes = readFileSync(path);
    bytes.fill(0xaa, 4_096, 40_960);
    writeFileSync(path, bytes);
    const refused = await open(directory).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "database_corrupt" });
    expect((refused as Error).message).toContain(path);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe("how it is written", () => {
  test("every commit waits for the disk, through a write-ahead log: read back from the write connection", async () => {
    const { journal, outside } = await openTestJournal();
    expect(journal.durability).toEqual({ journalMode: "wal", synchronous: 2, fullFsync: 1 });
    expect(outside.pragma("journal_mode", { simple: true })).toBe("wal");
  });
});
