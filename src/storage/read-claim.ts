import type { Claimed, ClaimedRow, Run } from "../queue/journal.ts";
import type { Value } from "./connection.ts";
import { idOfSequence } from "./operation-id.ts";
import { CLAIMED, type ClaimReply } from "./protocol.ts";

const RUN_WIDTH = 3;

/** Builds the runs from the flat reply. */
export function readClaim({ runs: flatRuns, rows, waiting, expired, closing }: ClaimReply): Claimed {
  const runs: Run[] = [];
  let row = 0;
  for (let from = 0; from < flatRuns.length; from += RUN_WIDTH) {
    const count = flatRuns[from + 2] as number;
    const claimed: ClaimedRow[] = [];
    for (let index = 0; index < count; index += 1, row += CLAIMED.width) claimed.push(readRow(rows, row));
    runs.push({ token: flatRuns[from] as number, lane: flatRuns[from + 1] as number | null, rows: claimed });
  }
  return { runs, waiting, expired, closing };
}

function readRow(values: readonly Value[], from: number): ClaimedRow {
  const sequence = values[from + CLAIMED.sequence] as number;
  return {
    sequence,
    operationId: (values[from + CLAIMED.operationId] as string | null) ?? idOfSequence(sequence),
    definition: values[from + CLAIMED.definition] as number,
    priority: values[from + CLAIMED.priority] as number,
    principal: values[from + CLAIMED.principal] as string,
    acceptedAt: values[from + CLAIMED.acceptedAt] as number,
    expiresAt: values[from + CLAIMED.expiresAt] as number,
    attempts: values[from + CLAIMED.attempts] as number,
    interruptions: values[from + CLAIMED.interruptions] as number,
    incarnation: values[from + CLAIMED.incarnation] as number,
    keyed: values[from + CLAIMED.keyed] === 1,
    input: values[from + CLAIMED.input] as string,
  };
}
