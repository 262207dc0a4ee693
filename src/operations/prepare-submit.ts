import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { type Priority, priorityOfRank, priorityRank } from "../../machines/contracts/priority.ts";
import { type Admission, admit } from "../admission/admit.ts";
import { InvalidValueError, MisuseError } from "../errors.ts";
import type { Pool } from "../queue/pool.ts";
import { toJsonText } from "./json-text.ts";
import { laneOfKey } from "./lane.ts";
import { type Refused, refused } from "./outcome.ts";
import { isAllowed, type Principal } from "./principal.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import type { SubmitOptions } from "./submit.ts";
import { validateInput } from "./validate-input.ts";

/** A submit that may go on: authorized, validated, admitted or not. Nothing of it is stored or sent. */
export interface Prepared {
  readonly operation: RegisteredOperation;
  readonly pool: Pool;
  readonly principal: Principal;
  readonly priority: Priority;
  readonly inputText: string;
  readonly parsed: { readonly value: unknown };
  readonly admission: Admission;
  readonly answerWithinMs: number;
  readonly expiresAfterMs: number;
  readonly idempotencyKey: string | undefined;
  readonly lane: number | null;
}

export interface PreparePorts {
  readonly config: RuntimeConfig;
  readonly policy: () => AdmissionPolicy;
  readonly poolOf: (operation: RegisteredOperation) => Pool;
}

/** Authorizes, and reads the input's text: what can be said before anything is awaited, so that its bytes are counted at once. */
export function authorizeAndRead(
  { definition }: RegisteredOperation,
  input: unknown,
  principal: Principal,
  { maximumInputBytes }: RuntimeConfig["operations"],
): string | Refused {
  if (!isAllowed(principal, definition.permission))
    return refused(
      "forbidden",
      `${principal.id} lacks the permission ${definition.permission}, which ${definition.name} asks for.`,
    );
  try {
    const text = toJsonText(input) ?? "null";
    const bytes = text.length > maximumInputBytes ? text.length : Buffer.byteLength(text);
    if (bytes <= maximumInputBytes) return text;
    return refused(
      "input_too_large",
      `The input is ${bytes} bytes of JSON; at most ${maximumInputBytes} are taken. Store it elsewhere and send a reference.`,
      { path: "$" },
    );
  } catch (error) {
    if (error instanceof InvalidValueError) return refused("invalid_input", error.message, { path: error.path });
    throw error;
  }
}

/** Validates and admits. Whatever the definition has to say about the input is asked here, before a permit is taken. */
export async function prepareSubmit(
  operation: RegisteredOperation,
  inputText: string,
  options: SubmitOptions & { readonly principal: Principal },
  { policy, poolOf }: PreparePorts,
): Promise<Prepared | Refused> {
  const { definition } = operation;
  const { principal } = options;
  const validation = await validateInput(definition.input, JSON.parse(inputText));
  if (!validation.ok)
    return refused(
      "invalid_input",
      `The input of ${definition.name} is not valid at ${validation.path}: ${validation.message}.`,
      { path: validation.path },
    );

  const priority = lowered(options.priority ?? definition.priority, principal.highestPriority);
  return {
    operation,
    pool: poolOf(operation),
    principal,
    priority,
    inputText,
    parsed: validation,
    admission: admit(policy(), priority, operation.dependencyNames),
    answerWithinMs: options.answerWithinMs ?? operation.answerWithinMs,
    expiresAfterMs: options.expiresAfterMs ?? operation.expiresAfterMs,
    idempotencyKey: options.idempotencyKey ?? keyOf(operation, "idempotencyKey", validation.value),
    lane: laneOf(keyOf(operation, "orderingKey", validation.value)),
  };
}

const lowered = (asked: Priority, highest: Priority | undefined): Priority =>
  highest === undefined ? asked : priorityOfRank(Math.max(priorityRank(asked), priorityRank(highest)));

const laneOf = (orderingKey: string | undefined): number | null =>
  orderingKey === undefined ? null : laneOfKey(orderingKey);

/** @throws MisuseError `definition_failed` */
function keyOf(
  { definition }: RegisteredOperation,
  which: "orderingKey" | "idempotencyKey",
  input: unknown,
): string | undefined {
  if (definition[which] === undefined) return undefined;
  let key: unknown;
  try {
    key = definition[which](input);
  } catch (error) {
    throw new MisuseError(
      "definition_failed",
      `The ${which} of ${definition.name} threw: it must give a key for every input that the schema takes.`,
      { cause: error },
    );
  }
  if (key !== undefined && typeof key !== "string")
    throw new MisuseError(
      "definition_failed",
      `The ${which} of ${definition.name} gave a ${key === null ? "null" : typeof key}; it must give a string or undefined.`,
    );
  return key;
}
