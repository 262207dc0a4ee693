import type SQLite from "better-sqlite3";
import { SIZES, type SizedStatement, type Statement } from "./statements/statement.ts";

export type Value = number | string | null;

/** The write connection with its prepared statements. Kysely's own driver would prepare each query anew. */
export class Connection {
  readonly raw: SQLite.Database;
  readonly #prepared = new Map<Statement, SQLite.Statement<[Value[]], unknown>>();

  readonly #begin: SQLite.Statement<[], unknown>;
  readonly #commit: SQLite.Statement<[], unknown>;
  #changes = 0;

  constructor(raw: SQLite.Database) {
    this.raw = raw;
    this.#begin = raw.prepare<[], unknown>("BEGIN IMMEDIATE");
    this.#commit = raw.prepare<[], unknown>("COMMIT");
  }

  begin(): void {
    this.#changes = 0;
    this.#begin.run();
  }

  commit(): void {
    this.#commit.run();
  }

  /** SQLite may have rolled back by itself already, on a full disk for one. */
  rollback(): void {
    if (this.raw.inTransaction) this.raw.exec("ROLLBACK");
  }

  /** Whether the transaction has changed a row. */
  get hasChanged(): boolean {
    return this.#changes > 0;
  }

  /** Runs it once; answers how many rows changed. */
  run(statement: Statement, values: readonly Value[]): number {
    const { changes } = this.#prepare(statement).run(values as Value[]);
    this.#changes += changes;
    return changes;
  }

  /** Runs it for every `width` values of `flat`, in the statement's fixed sizes; answers how many rows changed. */
  runSized(statement: SizedStatement, flat: readonly Value[]): number {
    const { width, statements } = statement;
    let changes = 0;
    let from = 0;
    for (const [index, rows] of SIZES.entries()) {
      const values = rows * width;
      for (; flat.length - from >= values; from += values)
        changes += this.run(
          statements[index] as Statement,
          from === 0 && flat.length === values ? flat : flat.slice(from, from + values),
        );
    }
    return changes;
  }

  /** Rows as arrays, in the order of the selected columns. */
  all<Row extends readonly Value[]>(statement: Statement, values: readonly Value[]): Row[] {
    return this.#prepare(statement).all(values as Value[]) as Row[];
  }

  allSized<Row extends readonly Value[]>(statement: SizedStatement, flat: readonly Value[]): Row[] {
    const rows: Row[] = [];
    let from = 0;
    for (const [index, size] of SIZES.entries()) {
      const values = size * statement.width;
      for (; flat.length - from >= values; from += values)
        for (const row of this.all<Row>(statement.statements[index] as Statement, flat.slice(from, from + values)))
          rows.push(row);
    }
    return rows;
  }

  /** Rows one at a time, for when they are too many to be held. Nothing can be written meanwhile. */
  each<Row extends readonly Value[]>(statement: Statement): IterableIterator<Row> {
    return this.#prepare(statement).iterate([]) as IterableIterator<Row>;
  }

  get<Row extends readonly Value[]>(statement: Statement, values: readonly Value[]): Row | undefined {
    return this.#prepare(statement).get(values as Value[]) as Row | undefined;
  }

  #prepare(statement: Statement): SQLite.Statement<[Value[]], unknown> {
    let prepared = this.#prepared.get(statement);
    if (prepared === undefined) {
      prepared = this.raw.prepare<[Value[]], unknown>(statement.sql);
      if (prepared.reader) prepared.raw(true);
      this.#prepared.set(statement, prepared);
    }
    return prepared;
  }
}
