import type SQLite from "better-sqlite3";
import { StorageError } from "../../errors.ts";
import { latestVersion, migrations } from "./index.ts";
import type { Migration } from "./migration.ts";

/** "Hold" in ASCII, in the file's header: tells our files from other people's databases. */
export const APPLICATION_ID = 0x486f6c64;

/**
 * Brings the database to the code's version, in one transaction: a process killed on the way leaves the old version.
 * Reads before it writes: a file that is not ours, or is newer than we are, is left exactly as it was.
 */
export function migrate(connection: SQLite.Database, path: string, steps: readonly Migration[] = migrations): void {
  const { version, fresh } = inspect(connection, path);
  const latest = steps.length;
  if (version > latest)
    throw new StorageError(
      "database_newer",
      `${path} has schema version ${version}, this release of Holdfast knows ${latest}: start the newer release, or restore a backup`,
    );
  if (version === latest) return;
  connection
    .transaction(() => {
      if (fresh) connection.pragma(`application_id = ${APPLICATION_ID}`);
      for (const step of steps.slice(version)) connection.exec(step.sql);
      connection.pragma(`user_version = ${latest}`);
    })
    .immediate();
}

function inspect(connection: SQLite.Database, path: string): { version: number; fresh: boolean } {
  const applicationId = connection.pragma("application_id", { simple: true }) as number;
  const version = connection.pragma("user_version", { simple: true }) as number;
  const { tables } = connection.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (applicationId === APPLICATION_ID) return { version, fresh: false };
  if (tables === 0 && applicationId === 0 && version === 0) return { version: 0, fresh: true };
  throw new StorageError(
    "database_corrupt",
    `${path} is a SQLite database, but not a journal of Holdfast: move it away or choose another data directory`,
  );
}

export { latestVersion };
