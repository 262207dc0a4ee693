import {
  type Compilable,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";
import type { Database } from "../database.ts";

/** Builds queries, never runs them: the statements of the writer are compiled once and bound by position. */
export const queries = new Kysely<Database>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

const PLACEHOLDER = "a value that is bound when the statement runs";

/** Stands for a value that is bound when the statement runs. Constants are written with `sql.lit`. */
export const parameter = PLACEHOLDER as never;

/**
 * Stands for a value that a column is compared with, or a limit. SQLite lets the plan depend on such a value, and
 * then prepares the statement anew whenever the value changes: 5 to 8 µs a call, five times what the look-up takes.
 * The plus sign changes nothing but that.
 */
export const comparand = sql`+${PLACEHOLDER}` as never;

export const parameters = (count: number): never[] => Array.from<never>({ length: count }).fill(parameter);

/** One compiled statement. The object is the key of the connection's cache of prepared statements. */
export interface Statement {
  readonly sql: string;
  readonly parameterCount: number;
}

export function statement(query: Compilable): Statement {
  const { sql: text, parameters: bound } = query.compile();
  if (bound.some((value) => value !== PLACEHOLDER)) throw new TypeError(`a constant must be a literal in: ${text}`);
  return { sql: text, parameterCount: bound.length };
}

/** For what the query builder has no words for. */
export const written = (text: RawBuilder<unknown>): Statement => statement({ compile: () => text.compile(queries) });

/** Segments from one bound up, or down, to the other, both included: made one at a time, as far as rows are asked for. */
export const segmentsUp = sql`
  WITH RECURSIVE segment (number) AS (
    VALUES (${comparand}) UNION ALL SELECT number + 1 FROM segment WHERE number < ${comparand})`;
export const segmentsDown = sql`
  WITH RECURSIVE segment (number) AS (
    VALUES (${comparand}) UNION ALL SELECT number - 1 FROM segment WHERE number > ${comparand})`;

/**
 * Multi-row statements have fixed sizes, so that each is prepared once: a batch of 90 rows is one of 64, one of 16,
 * two of 4 and two of 1. One row at a time costs about 1.6 times as much; one statement per size of batch would be
 * prepared anew for nearly every batch.
 */
export const SIZES = [64, 16, 4, 1] as const;

export interface SizedStatement {
  /** Parameters per row. */
  readonly width: number;
  /** In the order of SIZES. */
  readonly statements: readonly Statement[];
}

export function sized(build: (rows: number) => Compilable): SizedStatement {
  const statements = SIZES.map((rows) => statement(build(rows)));
  const width = statements.at(-1)?.parameterCount ?? 0;
  return { width, statements };
}
