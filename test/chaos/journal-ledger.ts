import { readFileSync } from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";

export interface Verdict {
  readonly acceptancesAcknowledged: number;
  readonly endsAcknowledged: number;
  /** Acknowledged acceptances that have no end, and acknowledged ends that are not there. */
  readonly lost: number;
  /** Executed again after their end was acknowledged, numbers given out twice, keys accepted twice. */
  readonly doubled: number;
  /** First effects of a lane that came after a later one of the same lane. */
  readonly outOfOrder: number;
  /** Executed again because the process died before the end was acknowledged: what receipts are for. */
  readonly replayed: number;
  /** Rows that are still waiting. */
  readonly left: number;
  readonly integrity: string;
}

/** Compares the killed process's own ledger with the database, through a connection of its own. Imports nothing of ours. */
export function judge(directory: string, ledgerPath: string): Verdict {
  const database = new SQLite(join(directory, "journal.db"), { readonly: true });
  const ended = new Set(database.prepare("SELECT sequence FROM ended").pluck().all() as number[]);
  const moved = new Map(
    (
      database.prepare("SELECT first_sequence, sequence FROM moved").all() as {
        first_sequence: number;
        sequence: number;
      }[]
    ).map(({ first_sequence, sequence }) => [first_sequence, sequence]),
  );
  const left = database.prepare("SELECT count(*) FROM operation").pluck().get() as number;
  const integrity = database.pragma("integrity_check", { simple: true }) as string;
  database.close();

  const accepted = new Set<number>();
  const keys = new Set<string>();
  const acknowledged = new Set<number>();
  const effects = new Set<number>();
  const lastOfLane = new Map<string, number>();
  const counts = { doubled: 0, outOfOrder: 0, replayed: 0 };
  // The last line may have been cut by the kill.
  for (const line of readFileSync(ledgerPath, "utf8").split("\n").slice(0, -1)) {
    const [kind, first = "", second = ""] = line.split(" ");
    if (kind === "A") {
      if (accepted.has(Number(first)) || (second !== "-" && keys.has(second))) counts.doubled += 1;
      accepted.add(Number(first));
      if (second !== "-") keys.add(second);
    } else if (kind === "E") acknowledged.add(Number(first));
    else if (kind === "X") {
      const sequence = Number(second);
      if (acknowledged.has(sequence)) counts.doubled += 1;
      else if (effects.has(sequence)) counts.replayed += 1;
      else if (first !== "-") {
        if (sequence < (lastOfLane.get(first) ?? 0)) counts.outOfOrder += 1;
        lastOfLane.set(first, Math.max(sequence, lastOfLane.get(first) ?? 0));
      }
      effects.add(sequence);
    }
  }
  const isGone = (sequence: number): boolean => !ended.has(moved.get(sequence) ?? sequence);
  return {
    acceptancesAcknowledged: accepted.size,
    endsAcknowledged: acknowledged.size,
    lost: [...accepted].filter(isGone).length + [...acknowledged].filter(isGone).length,
    ...counts,
    left,
    integrity,
  };
}
