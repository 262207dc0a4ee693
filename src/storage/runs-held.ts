import type { PendingBatch } from "./pending-batch.ts";
import { ACCEPT, CLAIMED, END, type Reply, type RunHeld } from "./protocol.ts";

/**
 * The runs that this process has been given and has not ended: rows by token. The thread that writes knows them too,
 * and a thread that takes over from it is told them, since a run's token is nowhere on disk. As many as are in flight.
 */
export class RunsHeld {
  readonly #runs = new Map<number, { readonly claimedAt: number | null; readonly sequences: number[] }>();
  #lastToken = 0;

  /** The highest token that was ever told. */
  get lastToken(): number {
    return this.#lastToken;
  }

  list(): RunHeld[] {
    return [...this.#runs].map(([token, run]) => ({ token, ...run }));
  }

  /** What a commit has done to them, in the order in which the writer has done it. */
  committed(batch: PendingBatch, reply: Reply): void {
    const { ends } = batch;
    for (let from = 0; from < ends.length; from += END.width)
      this.#left(ends[from + END.token] as number, ends[from + END.sequence] as number);
    for (const request of batch.rows.requests)
      if (request.kind !== "closed") this.#left(request.token, request.sequence);
    for (const token of batch.finished.requests) this.#runs.delete(token);
    const { accepted, claims } = reply;
    for (let index = 0; index < accepted.length; index += 1) {
      const token = accepted[index] as number;
      if (token > 0) this.#begun(token, null, [batch.acceptances[index * ACCEPT.width + ACCEPT.sequence] as number]);
    }
    for (const { runs, rows } of claims) {
      let from = CLAIMED.sequence;
      for (let run = 0; run < runs.length; run += 3) {
        const sequences: number[] = [];
        for (let count = runs[run + 2] as number; count > 0; count -= 1, from += CLAIMED.width)
          sequences.push(rows[from] as number);
        this.#begun(runs[run] as number, batch.sentAt, sequences);
      }
    }
  }

  #begun(token: number, claimedAt: number | null, sequences: number[]): void {
    this.#lastToken = token;
    this.#runs.set(token, { claimedAt, sequences });
  }

  /** An acknowledgement that was refused means a row that is not here. */
  #left(token: number, sequence: number): void {
    const sequences = this.#runs.get(token)?.sequences;
    const index = sequences?.indexOf(sequence) ?? -1;
    if (sequences === undefined || index === -1) return;
    if (sequences.length === 1) this.#runs.delete(token);
    else sequences.splice(index, 1);
  }
}
