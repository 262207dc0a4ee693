import { InvalidValueError } from "../../src/errors.ts";
import { hasBody, type InputField } from "./input-fields.ts";
import type { RestRoute } from "./rest-route.ts";

/** The parts of a request that may carry input. */
export interface RequestParts {
  /** As they stand in the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What follows the question mark, as it was sent. */
  readonly query: string;
  /** Parsed; absent where none was sent. */
  readonly body?: unknown;
  readonly lastEventId?: string | undefined;
}

/**
 * Puts a procedure's input together. Nothing is guessed: text that is no number where one is asked for stays text, and
 * the procedure's own schema refuses it under its path.
 *
 * @throws InvalidValueError `invalid_input`: with the path of what is given twice, or in the wrong part
 */
export function readInput({ fields, method, type }: RestRoute, parts: RequestParts): unknown {
  const given = new Map<string, unknown>();
  for (const [name, value] of queryPairs(parts.query)) {
    const field = fields.find((each) => each.name === name && each.where === "query");
    if (field?.reads === "list") given.set(name, [...((given.get(name) as unknown[] | undefined) ?? []), value]);
    else if (given.has(name)) throw invalid(name, "it is given more than once");
    else given.set(name, field === undefined ? value : readText(field, value));
  }
  if (hasBody(method)) for (const [name, value] of bodyPairs(parts.body)) put(given, name, value);
  for (const field of fields)
    if (field.where === "path") put(given, field.name, readText(field, parts.parameters[field.name] ?? ""));
  // A browser's EventSource repeats the query as it was and tells its place in the header: the header is the newer.
  if (type === "subscription" && parts.lastEventId !== undefined) given.set("lastEventId", parts.lastEventId);
  // Where nothing is asked for there is no input at all, and no schema that would refuse one.
  if (fields.length === 0) {
    for (const name of given.keys()) throw invalid(name, "there is no such field");
    return undefined;
  }
  // `fromEntries` defines its properties: a field `__proto__` is one like any other, and refused as unknown.
  return Object.fromEntries(given);
}

function put(given: Map<string, unknown>, name: string, value: unknown): void {
  if (given.has(name)) throw invalid(name, "it is given in two parts of the request");
  given.set(name, value);
}

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function readText({ reads }: InputField, text: string): unknown {
  if (reads === "number") return DECIMAL.test(text) ? Number(text) : text;
  if (reads === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function* queryPairs(query: string): Generator<[string, string]> {
  if (query === "") return;
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    yield [decode(name), decode(value)];
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new InvalidValueError("invalid_input", "$", "The query is not percent-encoded UTF-8.");
  }
}

function bodyPairs(body: unknown): [string, unknown][] {
  if (body === undefined) return [];
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new InvalidValueError("invalid_input", "$", "The body must be a JSON object.");
  return Object.entries(body);
}

const invalid = (name: string, what: string): InvalidValueError =>
  new InvalidValueError("invalid_input", `$.${name}`, `The input is not valid at $.${name}: ${what}.`);
