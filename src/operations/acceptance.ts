import type { RuntimeConfig } from "../../config/types.ts";
import { priorityRank } from "../../machines/contracts/priority.ts";
import type { Clock } from "../ports.ts";
import type { Acceptance, Journal } from "../queue/journal.ts";
import { inputHash, keyedOperationId, unkeyedOperationId } from "./operation-id.ts";
import type { Prepared } from "./prepare-submit.ts";

export interface AcceptancePorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly config: RuntimeConfig;
  readonly isHeld: (name: string) => boolean;
}

/** What the journal is asked to put on disk. Takes the next number, so it is accepted in the same tick. */
export function acceptanceOf(
  prepared: Prepared,
  starts: boolean,
  { journal, clock, config, isHeld }: AcceptancePorts,
): Acceptance {
  const { operation, principal, idempotencyKey, inputText, lane } = prepared;
  const { name } = operation.definition;
  const sequence = journal.takeSequence();
  const acceptedAt = clock.now();
  const operationId =
    idempotencyKey === undefined ? unkeyedOperationId(sequence) : keyedOperationId(name, principal.id, idempotencyKey);
  return {
    sequence,
    operationId,
    pool: operation.poolId,
    definition: operation.definitionId,
    priority: priorityRank(prepared.priority),
    lane,
    principal: principal.id,
    acceptedAt,
    expiresAt: acceptedAt + Math.round(prepared.expiresAfterMs),
    input: inputText,
    wants: starts ? "running" : "ready",
    because: starts ? undefined : whyItWaits(prepared, isHeld),
    ...(idempotencyKey === undefined
      ? {}
      : {
          key: {
            hash: operationId.slice(3),
            inputHash: inputHash(name, inputText),
            until: acceptedAt + config.operations.idempotencyTtlMs,
          },
        }),
  };
}

/** Kept with the row, so one word and a name: the values are those of the transition that made it so. */
function whyItWaits({ admission, operation }: Prepared, isHeld: AcceptancePorts["isHeld"]): string {
  if (admission.decision !== "queue") return isHeld(operation.definition.name) ? "held" : "limit";
  return admission.dependency === undefined ? "policy" : `policy:${admission.dependency}`;
}
