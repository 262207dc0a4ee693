import type { ReceiptKey } from "../../dependencies/dependency.ts";
import type { Effect } from "../../errors.ts";
import type { GraphWrite, MatchNodes, MatchRelationships } from "../commands.ts";
import { WriteApplier } from "./apply-write.ts";
import { buildIndexes } from "./build-indexes.ts";
import { describeFailure } from "./describe-failure.ts";
import { findNodes, findRelationships } from "./find.ts";
import { type GraphDatabase, openGraphFile } from "./graph-file.ts";
import { fromKeyText } from "./key-text.ts";
import type { FoundReceipt, FreshReceipt } from "../run-once-batch.ts";
import type { FoundRelationshipText, Job, JobResult, Matched, WorkerSettings } from "./messages.ts";
import { prepareStatements, type Statements } from "./statements.ts";

/** The graph as it lives in its worker: one connection, everything synchronous. */
export class GraphEngine {
  readonly #database: GraphDatabase;
  readonly #statements: Statements;
  readonly #writes: WriteApplier;

  constructor({ file, schema }: WorkerSettings) {
    this.#database = openGraphFile(file);
    try {
      this.#database.transaction(() => buildIndexes(this.#database, schema)).immediate();
      this.#statements = prepareStatements(this.#database);
      this.#writes = new WriteApplier(this.#statements, schema);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Group commit: one fsync for all. Fails as a whole only where SQLite does; then every job has the same failure. */
  batch(jobs: readonly Job[]): readonly JobResult[] {
    let effect: Effect = "none";
    try {
      this.#statements.begin.run();
      const results = jobs.map((job) => this.#runJob(job));
      // A commit that fails has most likely had no effect; but the frames may be on disk, so nobody may count on it.
      effect = "unknown";
      this.#statements.commit.run();
      return results;
    } catch (error) {
      if (this.#database.inTransaction) this.#statements.rollback.run();
      return jobs.map(() => ({ ok: false, failure: describeFailure(error, effect) }));
    }
  }

  #runJob(job: Job): JobResult {
    this.#statements.savepoint.run();
    try {
      const found = this.#applyJob(job);
      this.#statements.release.run();
      return { ok: true, found };
    } catch (error) {
      // SQLite undoes everything by itself when it is out of disk or memory: then the whole batch has failed.
      if (!this.#database.inTransaction) throw error;
      this.#statements.rollbackOne.run();
      this.#statements.release.run();
      return { ok: false, failure: describeFailure(error, "none") };
    }
  }

  #applyJob(job: Job): FoundReceipt | undefined {
    if (job.kind === "purge") {
      for (const { operationId, incarnation } of job.receipts)
        this.#statements.deleteReceipt.run(operationId, incarnation);
      return undefined;
    }
    if (job.kind === "fence") return this.#writeReceipt({ receipt: job.receipt, result: undefined }, "fence");
    for (const [index, fresh] of job.receipts.entries()) {
      const found = this.#writeReceipt(fresh, "effect");
      if (found === undefined) continue;
      // Those before it are not written either: the batch finds out anew which of its items are fresh.
      if (index > 0) this.#statements.rollbackOne.run();
      return found;
    }
    for (const write of job.writes) this.#writes.apply(JSON.parse(write) as GraphWrite);
    return undefined;
  }

  /** What was there already; undefined when it is written now. */
  #writeReceipt({ receipt, result }: FreshReceipt, kind: "effect" | "fence"): FoundReceipt | undefined {
    const { operationId, incarnation } = receipt;
    const { changes } = this.#statements.insertReceipt.run(operationId, incarnation, kind, result ?? null, Date.now());
    return changes === 0 ? this.find(receipt) : undefined;
  }

  find({ operationId, incarnation }: ReceiptKey): FoundReceipt | undefined {
    const row = this.#statements.findReceipt.get(operationId, incarnation);
    if (row === undefined) return undefined;
    return row.kind === "fence" ? { kind: "fence" } : { kind: "effect", result: row.result ?? undefined };
  }

  matchNodes({ node, limit, ...conditions }: MatchNodes, receipt: ReceiptKey | null): Matched<string> {
    return this.#match(receipt, () =>
      findNodes(this.#statements, node, conditions)
        .take(limit)
        .map(({ properties }) => properties)
        .toArray(),
    );
  }

  matchRelationships(
    { relationship, limit, ...conditions }: MatchRelationships,
    receipt: ReceiptKey | null,
  ): Matched<FoundRelationshipText> {
    return this.#match(receipt, () =>
      findRelationships(this.#statements, relationship, conditions)
        .take(limit)
        .map(({ from_key, to_key, properties }) => ({
          from: fromKeyText(from_key),
          to: fromKeyText(to_key),
          properties,
        }))
        .toArray(),
    );
  }

  #match<Row>(receipt: ReceiptKey | null, read: () => readonly Row[]): Matched<Row> {
    const found = receipt === null ? undefined : this.find(receipt);
    return found === undefined ? { rows: read() } : { found };
  }

  /** Takes the write lock and gives it back: what operations need, without an fsync. */
  probe(): void {
    this.#statements.begin.run();
    this.#statements.rollback.run();
  }

  close(): void {
    this.#database.close();
  }
}
