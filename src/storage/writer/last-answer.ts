import type { Value } from "../connection.ts";
import type { ClaimReply, Reply } from "../protocol.ts";
import type { ClaimableRow } from "../statements/claim-columns.ts";
import { CLAIMED } from "../protocol.ts";
import { selectClaimed } from "../statements/select-running.ts";
import type { Context } from "./context.ts";
import { addClaimed, factsOfClaimable } from "./rows.ts";

/** An answer as it is stored: counts are stored elsewhere, and claimed rows are in the table. */
export type LastAnswer = Omit<Reply, "counts" | "nextDue" | "claims"> & { readonly claims: readonly ClaimNumbers[] };

interface ClaimNumbers extends Omit<ClaimReply, "rows"> {
  readonly sequences: readonly number[];
}

/**
 * What was to be answered to a batch, for the same commit. Without names and without the claimed inputs: of a claim
 * of 512 rows it is 4 KB, of 64 acceptances a few hundred bytes, of nothing but ends a handful.
 */
export function answerText({
  accepted,
  duplicates,
  acceptancesFailed,
  endsNotOwned,
  rowsNotOwned,
  administration,
  retries,
  claims,
  expired,
  closing,
}: Reply): string {
  return JSON.stringify([
    accepted,
    duplicates,
    acceptancesFailed ?? null,
    endsNotOwned,
    rowsNotOwned,
    administration,
    retries,
    claims.map(({ runs, rows, waiting, expired: over, closing: shut }) => [
      runs,
      sequencesOf(rows),
      waiting,
      over,
      shut,
    ]),
    expired,
    closing,
  ]);
}

function sequencesOf(rows: readonly Value[]): number[] {
  const sequences: number[] = [];
  for (let from = 0; from < rows.length; from += CLAIMED.width) sequences.push(rows[from + CLAIMED.sequence] as number);
  return sequences;
}

export function parseAnswer(text: string): LastAnswer {
  const [
    accepted,
    duplicates,
    acceptancesFailed,
    endsNotOwned,
    rowsNotOwned,
    administration,
    retries,
    claims,
    expired,
    closing,
  ] = JSON.parse(text) as [
    Reply["accepted"],
    Reply["duplicates"],
    Reply["acceptancesFailed"] | null,
    Reply["endsNotOwned"],
    Reply["rowsNotOwned"],
    Reply["administration"],
    Reply["retries"],
    [ClaimReply["runs"], number[], ClaimReply["waiting"], ClaimReply["expired"], ClaimReply["closing"]][],
    Reply["expired"],
    Reply["closing"],
  ];
  return {
    accepted,
    duplicates,
    ...(acceptancesFailed === null || acceptancesFailed === undefined ? {} : { acceptancesFailed }),
    endsNotOwned,
    rowsNotOwned,
    administration,
    retries,
    claims: claims.map(([runs, sequences, waiting, over, shut]) => ({
      runs,
      sequences,
      waiting,
      expired: over,
      closing: shut,
    })),
    expired,
    closing,
  };
}

/** The claims with their rows: nobody has got them yet, so they stand in the table as the claim has left them. */
export function claimsOf({ connection }: Context, { claims }: LastAnswer): ClaimReply[] {
  return claims.map(({ runs, sequences, waiting, expired, closing }) => {
    const stored = new Map(connection.allSized<ClaimableRow>(selectClaimed, sequences).map((row) => [row[0], row]));
    const rows: Value[] = [];
    for (const sequence of sequences) {
      const row = stored.get(sequence);
      if (row === undefined) throw new Error(`the operation ${sequence} was claimed and is no longer running`);
      addClaimed(rows, factsOfClaimable(row), row[14]);
    }
    return { runs, rows, waiting, expired, closing };
  });
}
