// node closed-reader.ts DIRECTORY
//
// Closes a reader while a query is under way and nothing but that keeps the process alive, and says what came of it.
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { sql } from "kysely";
import { JOURNAL_FILE } from "../../src/storage/open-journal.ts";
import { openReader } from "../../src/storage/open-reader.ts";

const [, , dataDirectory = ""] = process.argv;
new SQLite(join(dataDirectory, JOURNAL_FILE)).close();
const { database, close } = openReader({ dataDirectory });
const underWay = sql`select 1 as one`.execute(database);
// Kysely asks its driver some turns later.
await new Promise((resolve) => setImmediate(resolve));
await close();
process.stdout.write(JSON.stringify((await underWay).rows));
