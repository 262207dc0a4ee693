import { getEnvironmentData } from "node:worker_threads";
import SQLite from "better-sqlite3";
import { AFTER_COMMIT, BEFORE_COMMIT, BY_AN_ERROR, ENDING_WRITER, PLACES } from "./ending-points.ts";

/* The thread that writes, which ends itself at a named point when it is told to: the real one behind a wrapped COMMIT. */

const shared = getEnvironmentData(ENDING_WRITER) as SharedArrayBuffer;
const places = new Int32Array(shared);

const { prepare } = SQLite.prototype;
SQLite.prototype.prepare = function watched(this: SQLite.Database, sql: string) {
  const statement = prepare.call(this, sql);
  if (sql !== "COMMIT") return statement;
  const run = statement.run.bind(statement) as (...parameters: unknown[]) => SQLite.RunResult;
  statement.run = (...parameters: unknown[]) => {
    const point = Atomics.load(places, PLACES.point);
    const ends = point !== 0 && Atomics.sub(places, PLACES.commitsLeft, 1) <= 1;
    if (ends) {
      Atomics.store(places, PLACES.point, 0);
      Atomics.add(places, PLACES.ended, 1);
    }
    if (ends && point === BEFORE_COMMIT) process.exit(3);
    if (ends && point === BY_AN_ERROR)
      setImmediate(() => {
        throw new Error("planted");
      });
    const result = run(...parameters);
    if (ends && point === AFTER_COMMIT) process.exit(4);
    return result;
  };
  return statement;
} as typeof prepare;

await import("../../src/storage/writer.worker.ts");
