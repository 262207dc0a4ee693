import neo4j, {
  type Date as Neo4jDate,
  type DateTime,
  type Duration,
  type LocalDateTime,
  type LocalTime,
  type Time,
} from "neo4j-driver";
import { InvalidValueError } from "../../errors.ts";
import type { Properties, PropertyValue } from "../graph-store.ts";

/**
 * What the driver answers, as plain data: INTEGER as number, beyond 2^53 - 1 as bigint (never rounded in silence);
 * nodes, relationships and paths as objects; dates, times and durations as their ISO text; points as objects.
 */
export function fromNeo4j(value: unknown): unknown {
  if (typeof value === "bigint") return toNumberIfExact(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromNeo4j);
  if (neo4j.isNode(value))
    return { elementId: value.elementId, labels: value.labels, properties: fromNeo4j(value.properties) };
  if (neo4j.isRelationship(value))
    return {
      elementId: value.elementId,
      type: value.type,
      from: value.startNodeElementId,
      to: value.endNodeElementId,
      properties: fromNeo4j(value.properties),
    };
  if (neo4j.isPath(value))
    return {
      nodes: fromNeo4j([value.start, ...value.segments.map(({ end }) => end)]),
      relationships: fromNeo4j(value.segments.map(({ relationship }) => relationship)),
    };
  if (isTemporal(value)) return value.toString();
  if (ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fromNeo4j(part)]));
}

/** Properties of the portable vocabulary, which knows no bigint: an error rather than another number. */
export function propertiesFromNeo4j(value: unknown): Properties {
  const properties = fromNeo4j(value) as Record<string, unknown>;
  for (const [name, part] of Object.entries(properties))
    if (typeof part === "bigint" || (Array.isArray(part) && part.some((item) => typeof item === "bigint")))
      throw new InvalidValueError(
        "integer_out_of_range",
        name,
        `${name}: this integer has no exact JavaScript number; read it with run().`,
      );
  return properties as Record<string, PropertyValue>;
}

const toNumberIfExact = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

type Temporal = Neo4jDate | DateTime | LocalDateTime | Time | LocalTime | Duration;

const isTemporal = (value: object): value is Temporal =>
  neo4j.isDate(value) ||
  neo4j.isDateTime(value) ||
  neo4j.isLocalDateTime(value) ||
  neo4j.isTime(value) ||
  neo4j.isLocalTime(value) ||
  neo4j.isDuration(value);
