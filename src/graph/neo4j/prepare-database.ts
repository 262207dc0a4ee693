import { DependencyError } from "../../errors.ts";
import type { Logger } from "../../ports.ts";
import type { GraphSchema } from "../schema.ts";
import { codeOf } from "./classify-error.ts";
import { quote } from "./cypher.ts";
import type { Row } from "./neo4j-link.ts";

export type RunAlone = (cypher: string) => Promise<readonly Row[]>;

interface Wanted {
  readonly of: string;
  readonly property: string;
  readonly create: string;
}

/**
 * Makes sure of the uniqueness constraints, without which neither keys nor receipts hold, and of the declared indexes.
 * What exists is left alone, so that a user without the privilege to create them can work on a prepared database.
 */
export async function prepareDatabase(
  dependency: string,
  schema: GraphSchema,
  receiptLabel: string,
  run: RunAlone,
  logger: Logger,
): Promise<void> {
  const existing = await show(
    run,
    "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties WHERE type CONTAINS 'UNIQUE' OR type CONTAINS 'KEY'",
  );
  for (const wanted of constraints(schema, receiptLabel)) {
    if (existing.has(nameOf(wanted))) continue;
    try {
      await run(wanted.create);
    } catch (error) {
      throw misconfigured(dependency, wanted, error);
    }
  }
  const indexes = schemaIndexes(schema);
  if (indexes.length === 0) return;
  const indexed = await show(run, "SHOW INDEXES YIELD type, labelsOrTypes, properties WHERE type <> 'LOOKUP'");
  for (const wanted of indexes) {
    if (indexed.has(nameOf(wanted))) continue;
    try {
      await run(wanted.create);
    } catch (error) {
      // Slower without it, but right.
      logger.warn(
        { dependency, code: codeOf((error as Error).cause), statement: wanted.create },
        "an index could not be created",
      );
    }
  }
}

/** What exists on a single property. Empty where the user may not look: then the creation tells. */
async function show(run: RunAlone, cypher: string): Promise<ReadonlySet<string>> {
  try {
    const rows = await run(cypher);
    return new Set(
      rows.flatMap(({ labelsOrTypes, properties }) =>
        Array.isArray(labelsOrTypes) &&
        Array.isArray(properties) &&
        labelsOrTypes.length === 1 &&
        properties.length === 1
          ? [nameOf({ of: String(labelsOrTypes[0]), property: String(properties[0]) })]
          : [],
      ),
    );
  } catch (error) {
    if (error instanceof DependencyError && error.code === "forbidden") return new Set();
    throw error;
  }
}

function constraints(schema: GraphSchema, receiptLabel: string): readonly Wanted[] {
  return [{ label: receiptLabel, key: "id" }, ...schema.nodes.values()].map(({ label, key }) => ({
    of: label,
    property: key,
    create: `CREATE CONSTRAINT ${quote(`holdfast_${label}_${key}`)} IF NOT EXISTS FOR (n:${quote(label)}) REQUIRE n.${quote(key)} IS UNIQUE`,
  }));
}

const schemaIndexes = (schema: GraphSchema): readonly Wanted[] => [
  ...[...schema.nodes.values()].flatMap(({ label, index }) =>
    index.map((property) => ({ of: label, property, create: createIndex(label, property, `(n:${quote(label)})`) })),
  ),
  ...[...schema.relationships.values()].flatMap(({ type, index }) =>
    index.map((property) => ({ of: type, property, create: createIndex(type, property, `()-[n:${quote(type)}]-()`) })),
  ),
];

const createIndex = (of: string, property: string, element: string): string =>
  `CREATE INDEX ${quote(`holdfast_${of}_${property}_index`)} IF NOT EXISTS FOR ${element} ON (n.${quote(property)})`;

const nameOf = ({ of, property }: { readonly of: string; readonly property: string }): string => `${of}.${property}`;

/** An answer that a person must act on; what cannot be reached stays what it is. */
function misconfigured(dependency: string, { of, property, create }: Wanted, error: unknown): unknown {
  const kind = error instanceof DependencyError ? error.kind : undefined;
  if (kind !== "rejected" && !(error instanceof DependencyError && error.code === "forbidden")) return error;
  const why =
    (error as DependencyError).code === "forbidden"
      ? "this user may not create constraints: grant the privilege, or let an administrator run"
      : `Neo4j refused (${codeOf((error as Error).cause)}; equal values of ${of}.${property}, or an index on it?): put that right, then run`;
  return new DependencyError(
    "constraint_missing",
    `The graph lacks the uniqueness constraint on ${of}.${property}, and ${why}: ${create}`,
    {
      dependency,
      kind: "misconfigured",
      effect: "none",
      cause: error,
    },
  );
}
