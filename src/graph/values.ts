import { InvalidValueError } from "../errors.ts";
import type { AppendRow, NodeKey, Properties, RelationshipRow, Where } from "./graph-store.ts";
import { isGraphName } from "./schema.ts";

/*
 * The one checker of everything that is sent to a graph. It stands before the driver because the driver would damage
 * such values in silence (a Date becomes {}, a big BigInt 0, a lone surrogate U+FFFD) or, for a function, poison a
 * pooled connection. Every complaint names the path, never the value.
 */

const SMALLEST_INTEGER = -(2n ** 63n);
const LARGEST_INTEGER = 2n ** 63n - 1n;

/** Deeper nesting than this is a mistake or a cycle. */
const DEEPEST_PARAMETER = 32;

const invalid = (code: string, path: string, message: string): InvalidValueError =>
  new InvalidValueError(code, path, `${path}: ${message}`);

/** A text as both graphs keep it: no half of a surrogate pair, which has no form in UTF-8. */
function checkText(value: string, path: string): void {
  if (!value.isWellFormed()) throw invalid("lone_surrogate", path, "this text holds half of a surrogate pair.");
}

function checkNumber(value: number, path: string): void {
  if (!Number.isFinite(value)) throw invalid("number_not_finite", path, "NaN and Infinity cannot be stored.");
}

/** What a value is, for a complaint that must not show it. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return "an object";
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an instance of a class";
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

function checkScalar(value: unknown, path: string, expected: string): asserts value is string | number | boolean {
  if (typeof value === "string") return checkText(value, path);
  if (typeof value === "number") return checkNumber(value, path);
  if (typeof value === "boolean") return;
  throw invalid("value_not_storable", path, `expected ${expected}, got ${kindOf(value)}.`);
}

function checkList(values: readonly unknown[], path: string): void {
  for (let index = 0; index < values.length; index++) {
    checkScalar(values[index], `${path}[${index}]`, "a text, number or boolean");
    if (typeof values[index] !== typeof values[0])
      throw invalid("list_of_mixed_types", `${path}[${index}]`, "the values of one list must be of one type.");
  }
}

function checkPropertyName(name: string, path: string): void {
  if (!isGraphName(name))
    throw invalid(
      "invalid_property_name",
      path,
      'a property\'s name is 1 to 64 letters, digits or "_", no digit first.',
    );
}

export function checkProperties(value: unknown, path: string): asserts value is Properties {
  if (!isPlainObject(value))
    throw invalid("value_not_storable", path, `expected an object of properties, got ${kindOf(value)}.`);
  for (const name of Object.keys(value)) {
    checkPropertyName(name, `${path}.${name.slice(0, 64)}`);
    const property = value[name];
    if (property === null) continue;
    if (Array.isArray(property)) checkList(property, `${path}.${name}`);
    else checkScalar(property, `${path}.${name}`, "a text, number, boolean, null or a list of one of these");
  }
}

export function checkKey(value: unknown, path: string): asserts value is NodeKey {
  if (typeof value === "string") return checkText(value, path);
  if (typeof value === "number") return checkNumber(value, path);
  throw invalid("invalid_key", path, `a key is a text or a number, got ${kindOf(value)}.`);
}

export function checkEach<Item>(
  value: unknown,
  path: string,
  check: (item: unknown, path: string) => void,
): asserts value is readonly Item[] {
  if (!Array.isArray(value)) throw invalid("value_not_storable", path, `expected a list, got ${kindOf(value)}.`);
  for (let index = 0; index < value.length; index++) check(value[index], `${path}[${index}]`);
}

/** Node rows: properties, the key among them. */
export function checkNodeRows(rows: unknown, key: string): asserts rows is readonly Properties[] {
  checkEach(rows, "rows", (row, path) => {
    checkProperties(row, path);
    checkKey(row[key], `${path}.${key}`);
  });
}

export function checkRelationshipRows(rows: unknown): asserts rows is readonly RelationshipRow[] {
  checkEach(rows, "rows", (row, path) => {
    if (!isPlainObject(row))
      throw invalid("value_not_storable", path, `expected { from, to, properties }, got ${kindOf(row)}.`);
    checkKey(row.from, `${path}.from`);
    checkKey(row.to, `${path}.to`);
    if (row.properties !== undefined) checkProperties(row.properties, `${path}.properties`);
  });
}

export function checkAppendRows(rows: unknown, key: string): asserts rows is readonly AppendRow[] {
  checkEach(rows, "rows", (row, path) => {
    if (!isPlainObject(row))
      throw invalid("value_not_storable", path, `expected { key, property, values }, got ${kindOf(row)}.`);
    checkKey(row.key, `${path}.key`);
    if (typeof row.property !== "string")
      throw invalid("invalid_property_name", `${path}.property`, `expected a text, got ${kindOf(row.property)}.`);
    checkPropertyName(row.property, `${path}.property`);
    if (row.property === key) throw invalid("invalid_property_name", `${path}.property`, "the key cannot be a list.");
    if (!Array.isArray(row.values))
      throw invalid("value_not_storable", `${path}.values`, `expected a list, got ${kindOf(row.values)}.`);
    checkList(row.values, `${path}.values`);
  });
}

export function checkWhere(where: unknown, path: string): asserts where is Where {
  if (!isPlainObject(where))
    throw invalid("value_not_storable", path, `expected an object of properties, got ${kindOf(where)}.`);
  for (const name of Object.keys(where)) {
    checkPropertyName(name, `${path}.${name.slice(0, 64)}`);
    checkScalar(where[name], `${path}.${name}`, "a text, number or boolean");
  }
}

/** Parameters of a statement of the user's own: JSON-like, and BigInt within 64 bits, however deep. */
export function checkParameters(
  parameters: unknown,
  path = "parameters",
): asserts parameters is Readonly<Record<string, unknown>> {
  if (!isPlainObject(parameters))
    throw invalid("value_not_storable", path, `expected an object, got ${kindOf(parameters)}.`);
  checkParameter(parameters, path, 0);
}

function checkParameter(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return checkText(value, path);
  if (typeof value === "number") return checkNumber(value, path);
  if (typeof value === "bigint") {
    if (value < SMALLEST_INTEGER || value > LARGEST_INTEGER)
      throw invalid("integer_out_of_range", path, "the graph's integers have 64 bits.");
    return;
  }
  if (depth > DEEPEST_PARAMETER)
    throw invalid("value_too_deep", path.slice(0, 200), `nested deeper than ${DEEPEST_PARAMETER} levels.`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkParameter(value[index], `${path}[${index}]`, depth + 1);
    return;
  }
  if (!isPlainObject(value))
    throw invalid(
      "value_not_storable",
      path,
      `expected a text, number, boolean, null, bigint, list or object, got ${kindOf(value)}.`,
    );
  for (const name of Object.keys(value)) {
    checkText(name, path);
    if (name === "__proto__") throw invalid("invalid_property_name", path, "an object cannot carry this name as data.");
    checkParameter(value[name], `${path}.${name}`, depth + 1);
  }
}
