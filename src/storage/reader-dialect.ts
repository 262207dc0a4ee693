import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { MisuseError } from "../errors.ts";

/** Runs one compiled query elsewhere. */
export type RunQuery = (sql: string, parameters: readonly unknown[]) => Promise<unknown[]>;

/** Kysely for a read-only SQLite connection that lives in another thread: queries are compiled here and run there. */
export class ReaderDialect implements Dialect {
  readonly #run: RunQuery;

  constructor(run: RunQuery) {
    this.#run = run;
  }

  createDriver(): Driver {
    return new ReaderDriver(this.#run);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(database: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(database);
  }
}

/** One connection for everyone: without transactions, queries of different callers do not touch each other. */
class ReaderDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(run: RunQuery) {
    this.#connection = new ReaderConnection(run);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw noTransactions();
  }

  async commitTransaction(): Promise<void> {
    throw noTransactions();
  }

  async rollbackTransaction(): Promise<void> {
    throw noTransactions();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class ReaderConnection implements DatabaseConnection {
  readonly #run: RunQuery;

  constructor(run: RunQuery) {
    this.#run = run;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return { rows: (await this.#run(sql, parameters)) as Row[] };
  }

  /** In one piece: an open cursor in the reader would keep the write-ahead log from being recycled. */
  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }
}

const noTransactions = (): MisuseError =>
  new MisuseError("read_only", "the journal is read without transactions: each query sees one state of it");
