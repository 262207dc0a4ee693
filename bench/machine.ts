import { createRequire } from "node:module";
import { arch, cpus, platform, totalmem } from "node:os";

/** On what this was measured. `servers`: what the suites found there. */
export function machineLine(servers: readonly string[]): string {
  const processors = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return [
    `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${memoryGib} GiB`,
    `${platform()} ${arch()}`,
    `Node ${process.versions.node}`,
    `SQLite ${sqliteVersion()}`,
    ...servers,
  ].join("; ");
}

/** Of the product's driver, not of a peer's. */
function sqliteVersion(): string {
  const requireOfProduct = createRequire(new URL("../package.json", import.meta.url));
  const Sqlite = requireOfProduct("better-sqlite3") as new (file: string) => SqliteDatabase;
  const database = new Sqlite(":memory:");
  try {
    return database.prepare("SELECT sqlite_version()").pluck().get();
  } finally {
    database.close();
  }
}

interface SqliteDatabase {
  prepare(text: string): { pluck(): { get(): string } };
  close(): void;
}
