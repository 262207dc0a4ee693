import type SQLite from "better-sqlite3";
import { noAuditLog, type AuditLog } from "../audit-log.ts";
import { Connection } from "../connection.ts";
import { PlainAuditLog } from "../plain-audit-log.ts";
import { ACCEPT, type Batch, type Reply, type WriterOpened, type WriterOptions } from "../protocol.ts";
import { type StorageFailure, toStorageFailure } from "../storage-failure.ts";
import { saveAlert } from "../statements/alerts.ts";
import { insertTransition, saveRecord } from "../statements/machines.ts";
import { saveCleanShutdown, saveMeta } from "../statements/save-meta.ts";
import { accept } from "./accept.ts";
import { administer } from "./administer.ts";
import { applyEnds } from "./apply-ends.ts";
import { applyRowRequests, finishRun } from "./apply-row-requests.ts";
import { claim } from "./claim.ts";
import { settleLanes, type Answer, type Context } from "./context.ts";
import { Definitions } from "./definitions.ts";
import { Endings } from "./endings.ts";
import { LaneRows } from "./lane-rows.ts";
import { Lanes } from "./lanes.ts";
import { openDatabase } from "./open-database.ts";
import { answerText } from "./last-answer.ts";
import { openJournalState } from "./open-journal-state.ts";
import { PoolCounter } from "./pool-counter.ts";
import { releaseHeld } from "./release-held.ts";
import { resumeJournalState } from "./resume-journal-state.ts";
import { Runs } from "./runs.ts";
import { toStoredAlert } from "./stored-alert.ts";
import { UndoLog } from "./undo-log.ts";
import { wakeDue } from "./wake-due.ts";
import { walkExpired } from "./walk-expired.ts";

/** While nothing is written, the time of the last writing is still renewed this often: a restart asks for it. */
const HEARTBEAT_MS = 5_000;

/** The owner of the only write connection: applies one batch in one transaction, with what it remembers beside it. */
export class Writer {
  readonly opened: Exclude<WriterOpened, { failed: unknown }>;
  readonly #raw: SQLite.Database;
  readonly #context: Context;
  #lastWrittenAt: number;

  constructor(options: WriterOptions) {
    this.#raw = openDatabase(options.path, options.storage, options.maximumDatabaseBytes);
    const connection = new Connection(this.#raw);
    const undo = new UndoLog();
    const counter = new PoolCounter();
    const runs = new Runs(undo);
    const laneRows = new LaneRows(connection);
    const audit: AuditLog = options.audit === "plain" ? new PlainAuditLog(connection) : noAuditLog;
    this.#context = {
      connection,
      undo,
      counter,
      runs,
      audit,
      lanes: new Lanes(connection, counter, runs, laneRows),
      laneRows,
      endings: new Endings(connection, counter, audit, laneRows),
      definitions: new Definitions(connection),
      schedule: { now: options.now, nextDue: null, releasing: [], walkAfter: 0 },
      interruptionsBeforeAlone: options.interruptionsBeforeAlone,
      maximumInterruptions: options.maximumInterruptions,
      path: options.path,
    };
    this.#lastWrittenAt = options.now;
    const { resumption } = options;
    this.opened =
      resumption === null
        ? openJournalState(this.#context, options)
        : resumeJournalState(this.#context, options, resumption);
  }

  /** Applies the batch, or, when only its acceptances do not fit on the disk, what is left of it. */
  apply(batch: Batch): Reply {
    try {
      return this.#attempt(batch);
    } catch (error) {
      const failure = toStorageFailure(error, this.#context.path);
      if (failure.code !== "storage_full" || batch.acceptances.length + batch.retries.length === 0) throw error;
      return this.#attempt({ ...batch, acceptances: [], keys: [], retries: [] }, failure);
    }
  }

  /** Moves pages from the write-ahead log into the database without making anyone wait. */
  checkpoint(): void {
    this.#raw.pragma("wal_checkpoint(PASSIVE)");
  }

  close(now: number): void {
    this.#context.connection.run(saveCleanShutdown, [now]);
    this.#raw.close();
  }

  #attempt(batch: Batch, acceptancesFailed?: StorageFailure): Reply {
    const { connection, undo, counter, lanes, laneRows, endings, audit, schedule } = this.#context;
    connection.begin();
    try {
      schedule.now = batch.now;
      const applied = this.#applyInOrder(batch);
      const reply: Reply = acceptancesFailed === undefined ? applied : { ...applied, acceptancesFailed };
      if (this.#needsCommit(batch))
        connection.run(saveMeta, [highestNumber(batch), batch.now, batch.number, answerText(reply)]);
      connection.commit();
      undo.commit();
      counter.commit();
      lanes.commit();
      laneRows.commit();
      return reply;
    } catch (error) {
      connection.rollback();
      undo.rollback();
      counter.rollback();
      lanes.rollback();
      laneRows.rollback();
      endings.discard();
      audit.discard();
      throw error;
    }
  }

  #applyInOrder(batch: Batch): Reply {
    const context = this.#context;
    const { connection, counter, schedule, audit } = context;
    const answer: Answer = {
      accepted: [],
      duplicates: [],
      endsNotOwned: [],
      rowsNotOwned: [],
      administration: [],
      retries: [],
      claims: [],
      expired: [],
      closing: [],
      counts: { pools: [], bytes: 0 },
      nextDue: null,
    };
    applyEnds(context, batch.ends, answer);
    applyRowRequests(context, batch.rows, answer);
    for (const token of batch.finished) finishRun(context, token);
    settleLanes(context);
    administer(context, batch.administration, answer);
    releaseHeld(context);
    wakeDue(context);
    if (batch.walk) walkExpired(context, answer);
    settleLanes(context);
    accept(context, batch, answer);
    settleLanes(context);
    for (const request of batch.claims) answer.claims.push(claim(context, request));
    for (const { at, machine, from, to, event, cause, edge = null, number = null } of batch.transitions) {
      const { epoch } = this.opened.opened;
      connection.run(insertTransition, [at, machine, from, to, event, cause, edge, epoch, number]);
      audit.append(
        at,
        "transition",
        null,
        "runtime",
        JSON.stringify({ machine, from, to, event, cause: JSON.parse(cause) }),
      );
    }
    for (const { id, version, at, state, context: data } of batch.records)
      connection.run(saveRecord, [id, version, at, state, data]);
    for (const alert of batch.alerts) connection.run(saveAlert, toStoredAlert(alert));
    for (const { at, principal, ...action } of batch.actions)
      audit.append(at, "control", null, principal, JSON.stringify(action));
    audit.flush();
    counter.save(connection);
    answer.counts = counter.report();
    answer.nextDue = schedule.releasing.length > 0 ? schedule.now : schedule.nextDue;
    return answer;
  }

  /** An empty batch (a look for what is due, a step of the walk that found nothing) costs no synchronisation. */
  #needsCommit(batch: Batch): boolean {
    const heartbeat = batch.walk && batch.now - this.#lastWrittenAt >= HEARTBEAT_MS;
    if (!this.#context.connection.hasChanged && !heartbeat) return false;
    this.#lastWrittenAt = batch.now;
    return true;
  }
}

function highestNumber({ acceptances, retries }: Batch): number {
  const last = acceptances.length === 0 ? 0 : (acceptances[acceptances.length - ACCEPT.width] as number);
  return Math.max(last, retries.at(-1)?.nextSequence ?? 0);
}
