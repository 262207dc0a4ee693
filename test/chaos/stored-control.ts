import { join } from "node:path";
import Database from "better-sqlite3";

/* What a killed service left of its machines, read through a connection of our own. */

export interface StoredTransition {
  readonly at: number;
  readonly machine: string;
  readonly from: string;
  readonly to: string;
}

export interface StoredRecord {
  /** As `stateName` would call it: `restoring.concurrency`. */
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const read = <Value>(dataDirectory: string, ask: (database: Database.Database) => Value): Value => {
  const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
  try {
    return ask(database);
  } finally {
    database.close();
  }
};

/** In the order in which they were made. */
export const storedTransitions = (dataDirectory: string, machine: string): readonly StoredTransition[] =>
  read(dataDirectory, (database) =>
    database
      .prepare<[string], StoredTransition>(
        'SELECT at, machine, from_state AS "from", to_state AS "to" FROM transition WHERE machine = ? ORDER BY id',
      )
      .all(machine),
  );

/** The states that a machine came to. */
export const storedPath = (dataDirectory: string, machine: string): readonly string[] =>
  storedTransitions(dataDirectory, machine).map(({ to }) => to);

export const storedRecord = (dataDirectory: string, id: string): StoredRecord | undefined =>
  read(dataDirectory, (database) => {
    const row = database
      .prepare<[string], { state: string; context: string }>("SELECT state, context FROM machine_record WHERE id = ?")
      .get(id);
    return row === undefined
      ? undefined
      : { state: nameOf(JSON.parse(row.state)), context: JSON.parse(row.context) as StoredRecord["context"] };
  });

/** Until when a machine waits, by the wall clock. */
export function storedDeadline(dataDirectory: string, id: string): number {
  const deadline = storedRecord(dataDirectory, id)?.context["deadline"];
  if (typeof deadline !== "number") throw new Error(`${id} has no deadline on disk`);
  return deadline;
}

const nameOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : Object.entries(value as object)
        .map(([outer, inner]) => `${outer}.${nameOf(inner)}`)
        .join();

export interface StoredAlert {
  readonly id: number;
  readonly key: string;
  readonly status: string;
  readonly occurrences: number;
}

export const storedAlerts = (dataDirectory: string, key: string): readonly StoredAlert[] =>
  read(dataDirectory, (database) =>
    database
      .prepare<[string], StoredAlert>("SELECT id, key, status, occurrences FROM alert WHERE key = ? ORDER BY id")
      .all(key),
  );

export interface StoredEnd {
  readonly sequence: number;
  readonly outcome: string;
  readonly endedAt: number;
}

export const storedEnds = (dataDirectory: string): readonly StoredEnd[] =>
  read(dataDirectory, (database) =>
    database.prepare<[], StoredEnd>("SELECT sequence, outcome, ended_at AS endedAt FROM ended ORDER BY sequence").all(),
  );
