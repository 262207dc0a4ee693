import type { StandardSchemaV1 } from "@standard-schema/spec";

export type Validation =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** Runs a Standard Schema validator; its first issue, with the path, when it does not take the value. Stays synchronous where the validator is. */
export function validateInput(schema: StandardSchemaV1, value: unknown): Validation | Promise<Validation> {
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then(toValidation) : toValidation(result);
}

function toValidation(result: StandardSchemaV1.Result<unknown>): Validation {
  if (result.issues === undefined) return { ok: true, value: result.value };
  const [first] = result.issues;
  const more = result.issues.length - 1;
  const path = (first?.path ?? []).map((part) => {
    const key = typeof part === "object" ? part.key : part;
    return typeof key === "number" ? `[${key}]` : `.${String(key)}`;
  });
  return {
    ok: false,
    path: `$${path.join("")}`,
    message: `${first?.message ?? "not valid"}${more > 0 ? ` (and ${more} more)` : ""}`,
  };
}
