import { existsSync } from "node:fs";
import SQLite from "better-sqlite3";
import type { Journal } from "../../src/queue/journal.ts";

/**
 * Faults that the kill test must notice:
 * - `answer_before_commit`: an acceptance is acknowledged when it is handed over, not when it is on disk;
 * - `forget_running`: what a dead process left running is gone at the restart;
 * - `return_all_ready`: what it left running is ready at once, a lane's last row first.
 */
export type Fault = "none" | "answer_before_commit" | "forget_running" | "return_all_ready";

/** Faults of the restart: done to the file before the journal is opened, as a wrong restart would do it. */
export function plantBeforeOpening(fault: Fault, path: string): void {
  if (!existsSync(path) || (fault !== "forget_running" && fault !== "return_all_ready")) return;
  const database = new SQLite(path);
  database.exec(
    fault === "forget_running"
      ? "DELETE FROM operation WHERE state = 3"
      : "UPDATE operation SET state = 0, priority = -sequence WHERE state = 3",
  );
  const counted = database
    .prepare("SELECT pool, state, count(*) AS rows FROM operation GROUP BY pool, state")
    .all() as {
    pool: number;
    state: number;
    rows: number;
  }[];
  database.exec("UPDATE pool SET running = 0, ready = 0");
  for (const { pool, rows } of counted.filter(({ state }) => state === 0))
    database.prepare("UPDATE pool SET ready = ? WHERE id = ?").run(rows, pool);
  database.close();
}

export function withFault(fault: Fault, journal: Journal): Journal {
  if (fault !== "answer_before_commit") return journal;
  return new Proxy(journal, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property === "accept") {
        return (...request: Parameters<Journal["accept"]>) => {
          target.accept(...request).catch(() => undefined);
          return Promise.resolve({ state: "ready" });
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
