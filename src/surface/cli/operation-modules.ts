import type { AnyOperationDefinition } from "../../operations/define-operation.ts";

/** What `defineOperation` made, whichever copy of the package that was. */
export const isOperationDefinition = (value: unknown): value is AnyOperationDefinition =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "version" in value &&
  typeof value.version === "number" &&
  "execute" in value &&
  typeof value.execute === "function" &&
  "dependsOn" in value;
