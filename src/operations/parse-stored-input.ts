import { InvalidValueError } from "../errors.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import { validateInput } from "./validate-input.ts";

/**
 * The stored input as today's version takes it.
 *
 * @throws InvalidValueError `invalid_input`
 */
export async function parseStoredInput(
  { definition }: RegisteredOperation,
  text: string | undefined,
  version: number,
): Promise<{ readonly value: unknown }> {
  let stored: unknown = text === undefined ? undefined : JSON.parse(text);
  if (version < definition.version && definition.migrateInput !== undefined)
    stored = definition.migrateInput(stored, version);
  const validation = await validateInput(definition.input, stored);
  if (!validation.ok)
    throw new InvalidValueError(
      "invalid_input",
      validation.path,
      `The stored input of ${definition.name} (version ${version}) is not valid for version ${definition.version} at ${validation.path}: ${validation.message}.`,
    );
  return validation;
}
