import { InvalidValueError } from "../errors.ts";

/** Deeper values are turned away: they are mistakes or attacks, and would overflow the stack of whoever walks them. */
const DEEPEST_LEVEL = 200;

/**
 * The JSON text of a value, after checking that reading it back gives an equal value. JSON drops or changes silently:
 * `Date` becomes a string, `Map` becomes `{}`, `NaN` becomes `null`. All of that is refused with the path.
 * Equal means: as `===` sees numbers (-0 is 0), and a property that is `undefined` is one that is absent.
 * `undefined` itself has no text.
 *
 * @throws InvalidValueError `not_json` with the path of the first such part: `$.steps[3].at`
 */
export function toJsonText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  check(value, "$", 0, []);
  return JSON.stringify(value);
}

function check(value: unknown, path: string, level: number, ancestors: object[]): void {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return;
    throw notJson(path, `${String(value)} would become null; send a finite number or null`);
  }
  if (typeof value !== "object") throw notJson(path, `a ${typeof value} has no form in JSON`);
  if (level >= DEEPEST_LEVEL) throw notJson(path, `it is nested more than ${DEEPEST_LEVEL} levels deep`);
  if (ancestors.includes(value)) throw notJson(path, "it contains itself");
  ancestors.push(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (value[index] === undefined) throw notJson(`${path}[${index}]`, "undefined in a list would become null");
      check(value[index], `${path}[${index}]`, level + 1, ancestors);
    }
  } else {
    checkPlain(value, path);
    for (const key of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[key];
      if (part !== undefined) check(part, `${path}.${key}`, level + 1, ancestors);
    }
  }
  ancestors.pop();
}

function checkPlain(value: object, path: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notJson(
      path,
      `a ${value.constructor?.name ?? "class instance"} would lose its type; convert it first (a Date with toISOString(), a Map or Set to a list)`,
    );
  if (typeof (value as { toJSON?: unknown }).toJSON === "function")
    throw notJson(path, "it has a toJSON method, which would replace it");
  if (Object.getOwnPropertySymbols(value).length > 0) throw notJson(path, "its symbol keys would be dropped");
}

const notJson = (path: string, why: string): InvalidValueError =>
  new InvalidValueError("not_json", path, `The value at ${path} cannot be kept as JSON: ${why}.`);
