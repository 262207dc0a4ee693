import { StorageError } from "../../errors.ts";
import { operationState } from "../operation-state.ts";
import type { Resumption, RunHeld, WriterOpened, WriterOptions } from "../protocol.ts";
import { findNextDue } from "../statements/find-next-due.ts";
import { selectMeta, type MetaRow } from "../statements/open-meta.ts";
import { returnOperation } from "../statements/return-operation.ts";
import { selectUnderWay } from "../statements/select-running.ts";
import type { StoredRow } from "../statements/stored-columns.ts";
import { type Context, waitingStateOf } from "./context.ts";
import { claimsOf, type LastAnswer } from "./last-answer.ts";
import { lostAnswer } from "./last-batch.ts";
import { mustChange } from "./must-change.ts";
import { readDurability } from "./open-database.ts";
import { restorePools } from "./open-journal-state.ts";
import { beginRelease } from "./release-held.ts";
import { factsOfStored, type RowFacts } from "./rows.ts";

const LEAST_URGENT = Number.MAX_SAFE_INTEGER;

/**
 * The thread takes over from one of the same process that has ended. No process has died: the epoch goes on, and rows
 * that are running stay so, under their tokens, because they are being executed now; nothing of it is an interruption.
 * What the other thread had in memory is made anew from the disk, and from what the main thread knows.
 */
export function resumeJournalState(
  context: Context,
  options: WriterOptions,
  resumption: Resumption,
): Exclude<WriterOpened, { failed: unknown }> {
  const { connection, counter, undo, schedule, definitions, laneRows } = context;
  connection.begin();
  try {
    const meta = connection.get<MetaRow>(selectMeta, []);
    const [journalId = "", epoch = 0, highWater = 0, , lastWrittenAt = 0] = meta ?? [];
    if (meta === undefined || epoch !== resumption.epoch)
      throw new StorageError(
        "journal_replaced",
        `${options.path} is no longer the journal that this process has opened: it was replaced, or opened by another process; restart the process`,
      );
    const pools = restorePools(context, options.pools);
    const definitionIds = definitions.set(options.definitions);
    laneRows.open();
    const lost = lostAnswer(meta, resumption);
    const answered = lost === undefined ? null : { ...lost, claims: claimsOf(context, lost) };
    const interrupted = restoreRuns(context, ownersOf(resumption, lost, lastWrittenAt));
    schedule.nextDue = connection.get<[number | null]>(findNextDue, [])?.[0] ?? null;
    beginRelease(context);
    counter.save(connection);
    connection.commit();
    undo.commit();
    counter.commit();
    const counts = counter.report();
    const nextDue = schedule.releasing.length > 0 ? schedule.now : schedule.nextDue;
    return {
      opened: {
        journalId,
        epoch,
        highWater,
        pools,
        definitions: definitionIds,
        knownDefinitions: definitions.all(),
        interrupted,
        cleanShutdown: false,
        lastWrittenAt,
        records: [],
        alerts: [],
        lastAlert: 0,
        tokens: [],
      },
      durability: readDurability(connection.raw),
      counts,
      nextDue,
      answered: answered === null ? null : { ...answered, counts, nextDue },
    };
  } catch (error) {
    connection.rollback();
    connection.raw.close();
    throw error;
  }
}

/** Gives every running row back to its run; answers how many had none, and wait again. */
function restoreRuns(context: Context, { owners, lastToken }: Owners): number {
  const { connection, runs, laneRows } = context;
  const underWay = new Map<Owner, RowFacts[]>();
  const ownerless: RowFacts[] = [];
  for (const row of connection.all<StoredRow>(selectUnderWay, []).map(factsOfStored)) {
    const owner = owners.get(row.sequence);
    if (owner === undefined) ownerless.push(row);
    else underWay.set(owner, [...(underWay.get(owner) ?? []), row]);
  }
  for (const [{ token, claimedAt }, rows] of underWay) {
    const { lane, priority } = rows[0] as RowFacts;
    // A lane's last row holds what the lane carries.
    const carry = (lane === null ? undefined : laneRows.tail(lane)?.[1]) ?? priority;
    runs.restore(token, lane, rows, carry, claimedAt);
  }
  runs.goOnAfter(lastToken);
  returnOwnerless(context, ownerless);
  return ownerless.length;
}

type Owner = Pick<RunHeld, "token" | "claimedAt">;

interface Owners {
  readonly owners: ReadonlyMap<number, Owner>;
  readonly lastToken: number;
}

/**
 * Which run each row belongs to: what the main thread knows, and then what the batch has begun whose answer was lost.
 * A row may stand in both, having left one run and begun another in that batch: the later token owns it.
 */
function ownersOf(
  { runs, lastToken, unanswered }: Resumption,
  lost: LastAnswer | undefined,
  committedAt: number,
): Owners {
  const held: RunHeld[] = [...runs];
  for (const [index, token] of (lost?.accepted ?? []).entries())
    if (token > 0) held.push({ token, claimedAt: null, sequences: [unanswered?.acceptances[index] as number] });
  for (const claim of lost?.claims ?? []) {
    let from = 0;
    for (let run = 0; run < claim.runs.length; run += 3) {
      const to = from + (claim.runs[run + 2] as number);
      held.push({
        token: claim.runs[run] as number,
        claimedAt: committedAt,
        sequences: claim.sequences.slice(from, to),
      });
      from = to;
    }
  }
  const owners = new Map<number, Owner>();
  for (const run of held)
    for (const sequence of run.sequences) if (run.token > (owners.get(sequence)?.token ?? 0)) owners.set(sequence, run);
  return { owners, lastToken: held.reduce((last, { token }) => Math.max(last, token), lastToken) };
}

/** Nobody has got them, so nothing of them has begun: they wait again, and that is no interruption. */
function returnOwnerless({ connection, counter, lanes, laneRows }: Context, rows: readonly RowFacts[]): void {
  for (const { sequence, pool, lane } of rows) {
    const state = waitingStateOf(lane);
    mustChange(connection.run(returnOperation, [state, 0, LEAST_URGENT, sequence]), sequence);
    counter.move(pool, operationState.running, state);
    if (lane !== null) lanes.unsettle(lane, 0, laneRows.tail(lane)?.[1] ?? LEAST_URGENT);
  }
  lanes.settle();
}
