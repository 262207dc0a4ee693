import Database from "better-sqlite3";

export interface JournalVerdict {
  /** Operations that wait behind a dead letter of their lane. */
  readonly parked: number;
  readonly deadLetters: number;
  /** Ends that found the receipt of an earlier, interrupted attempt. */
  readonly replayed: number;
  /** What is wrong, in words; empty when the books balance. */
  readonly faults: readonly string[];
}

const BLOCKED = 2;
const DEAD = 7;
const FAULTS_SHOWN = 5;

/** What SQLite itself says of a database file; empty when it is sound. */
export function checkFile(file: string): readonly string[] {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const answers = database.pragma("integrity_check", { simple: false }) as { readonly integrity_check: string }[];
    return answers
      .map(({ integrity_check }) => integrity_check)
      .filter((answer) => answer !== "ok")
      .slice(0, FAULTS_SHOWN)
      .map((answer) => `${file}: ${answer}`);
  } finally {
    database.close();
  }
}

/**
 * Balances the journal's books when everything has come to its end: each acknowledged number was accepted once and has
 * ended once, as completed, and the audit log says the same as the tables.
 */
export function verifyJournal(file: string, acknowledged: number): JournalVerdict {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  const count = (sql: string, ...parameters: unknown[]): number =>
    database
      .prepare<unknown[], number>(sql)
      .pluck()
      .get(...parameters) ?? 0;
  try {
    const mustBe = (what: string, is: number, expected: number): readonly string[] =>
      is === expected ? [] : [`${what}: ${is}, and not ${expected}`];
    const audited = (kind: string): readonly string[] => [
      ...mustBe(
        `rows ${kind} in the audit log`,
        count("SELECT count(*) FROM audit WHERE kind = ?", kind),
        acknowledged,
      ),
      ...mustBe(
        `numbers ${kind} in the audit log`,
        count("SELECT count(DISTINCT sequence) FROM audit WHERE kind = ?", kind),
        acknowledged,
      ),
    ];
    const ended = "SELECT sequence FROM ended";
    const accepted = "SELECT sequence FROM audit WHERE kind = 'accepted'";
    return {
      parked: count(
        `SELECT count(*) FROM operation AS behind WHERE state = ${BLOCKED} AND EXISTS (
           SELECT 1 FROM operation AS head
           WHERE head.lane = behind.lane AND head.sequence < behind.sequence AND head.state = ${DEAD})`,
      ),
      deadLetters: count(`SELECT count(*) FROM operation WHERE state = ${DEAD}`),
      replayed: count("SELECT count(*) FROM ended WHERE replayed = 1"),
      faults: [
        ...mustBe("operations without an end", count("SELECT count(*) FROM operation"), 0),
        ...mustBe("ends", count("SELECT count(*) FROM ended"), acknowledged),
        ...mustBe("ended operations", count("SELECT count(DISTINCT operation_id) FROM ended"), acknowledged),
        ...mustBe("ends other than completed", count("SELECT count(*) FROM ended WHERE outcome <> 'completed'"), 0),
        ...audited("accepted"),
        ...audited("ended"),
        ...mustBe("accepted and not ended", count(`SELECT count(*) FROM (${accepted} EXCEPT ${ended})`), 0),
        ...mustBe("ended and not accepted", count(`SELECT count(*) FROM (${ended} EXCEPT ${accepted})`), 0),
      ],
    };
  } finally {
    database.close();
  }
}
