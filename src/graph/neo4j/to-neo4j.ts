import { int } from "neo4j-driver";

/**
 * The driver sends every JavaScript number as a FLOAT, and 1.0 is another value than 1 to whoever counts or divides in
 * Cypher. So whole numbers that a double holds exactly (up to 2^53 - 1) go as INTEGER, all others as FLOAT; a list of
 * numbers as INTEGER only when all of it can. Where a statement needs a FLOAT, write `toFloat($value)`.
 */
export function toNeo4j(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? int(value) : value;
  if (Array.isArray(value)) return isListOfFloats(value) ? [...value] : value.map(toNeo4j);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toNeo4j(part)]));
}

/** Neo4j stores no list of both kinds. */
const isListOfFloats = (list: readonly unknown[]): boolean =>
  list.every((value) => typeof value === "number") && !list.every(Number.isSafeInteger);
