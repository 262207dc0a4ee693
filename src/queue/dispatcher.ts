import type { QueueSettings } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { lowestRunningRank } from "../admission/admit.ts";
import { StorageError } from "../errors.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import type { Clock, Logger } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { BatchExecutor } from "./batch-executor.ts";
import type { Journal, Run } from "./journal.ts";
import type { Pool } from "./pool.ts";
import { LiveCalls } from "./live-calls.ts";
import { availablePermits } from "./permits.ts";
import { type Permit, PermitsInUse } from "./permits-in-use.ts";
import type { RunExecutor } from "./run-executor.ts";
import { type BatchRules, groupRuns, type RunGroup } from "./run-groups.ts";
import type { StorageHealth } from "./storage-health.ts";
import { SuspectRun } from "./suspect-run.ts";

export interface DispatcherPorts {
  readonly journal: Journal;
  readonly executor: RunExecutor;
  readonly batchExecutor: BatchExecutor;
  readonly acknowledgements: Acknowledgements;
  readonly storage: StorageHealth;
  readonly pools: readonly Pool[];
  readonly operationOf: (definitionId: number) => RegisteredOperation | undefined;
  /** Definitions with batches: the most items of one. */
  readonly batchSizes: ReadonlyMap<number, number>;
  readonly policy: () => AdmissionPolicy;
  readonly settings: QueueSettings;
  readonly interruptionsBeforeAlone: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wheel: TimerWheel;
  readonly onClosing: () => void;
  readonly onExpired: (sequences: readonly number[]) => void;
}

/** Pause before claims are tried again after the store has failed one. */
const STORE_FAILED_PAUSE_MS = 1_000;
/** While a limit grows (slow start), the dispatcher looks again this often. */
const LIMIT_GROWS_PAUSE_MS = 50;

/**
 * Claims what waits, whenever policy, limits and lanes allow, in every mode; and executes it. Runs on every change:
 * a commit, a permit that comes back, a new policy. One claim per pool is in flight at a time. A claim takes permits
 * first, one per run or batch of runs, and gives back what it did not need.
 */
export class Dispatcher {
  readonly #ports: DispatcherPorts;
  readonly #claiming = new Set<number>();
  /** Live calls that found no permit, by pool: within a priority they go first. */
  readonly #liveCalls = new Map<number, LiveCalls>();
  readonly #permits = new PermitsInUse();
  readonly #suspect: SuspectRun;
  /** The last run that was handed back is ready again on disk. */
  #handedBack: Promise<void> = Promise.resolve();
  /** Looks at the end of this tick. */
  #pumping = false;
  /** Batches of each pool in flight: a dependency takes a few large transactions at once better than many. */
  readonly #batches = new Map<number, number>();
  #stopped = false;
  #claimFailed = false;
  #wakeUp: { cancel(): void } | undefined;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
    this.#suspect = new SuspectRun({
      permits: this.#permits,
      execute: async (run) => {
        await this.#handedBack;
        await ports.executor.execute(run, ports.operationOf(run.rows[0]!.definition)!, { untilOnDisk: true });
      },
      handBack: (run, permit) => this.#handBack([run], permit),
      onEnd: (permit) => this.#finished(permit),
    });
  }

  get runsInFlight(): number {
    return this.#permits.count;
  }

  /** False while nothing may be claimed, whatever the policy says: it has stopped, or the store fails. */
  get canClaim(): boolean {
    return !this.#stopped && !this.#storeFails;
  }

  /** Takes permits for a live call, if it may start at once. */
  tryStart(pool: Pool, where: "on disk" | "off disk" = "off disk"): boolean {
    if (this.#stopped || this.#suspect.isThere || (where === "on disk" && this.#storeFails)) return false;
    if (availablePermits(pool.limits, "live", this.#ports.clock.monotonicMs()) < 1) return false;
    this.#permits.take({ pool, traffic: "live" });
    return true;
  }

  /** Gives back the permits of a live call that may not start after all. */
  giveUpStart(pool: Pool): void {
    this.#finished({ pool, traffic: "live" });
  }

  /** Executes a live call that was accepted as running, with the permits it took. */
  start(run: Run, operation: RegisteredOperation, pool: Pool, parsed: { readonly value: unknown }): void {
    void this.#ports.executor.execute(run, operation, { parsed }).finally(() => this.giveUpStart(pool));
  }

  /** A live call found no permit: it goes before the backlog of its priority. */
  prefer(poolId: number, sequence: number, priority: number): void {
    let calls = this.#liveCalls.get(poolId);
    if (calls === undefined) this.#liveCalls.set(poolId, (calls = new LiveCalls()));
    calls.add(sequence, priority);
    this.pump();
  }

  forget(poolId: number, sequence: number, priority: number): void {
    this.#liveCalls.get(poolId)?.delete(sequence, priority);
  }

  /** Looks whether anything can be claimed. Cheap when nothing can. */
  pump(): void {
    if (this.#stopped || this.#storeFails || this.#suspect.isThere) return;
    const nowMs = this.#ports.clock.monotonicMs();
    const lowestPriority = lowestRunningRank(this.#ports.policy());
    if (lowestPriority < 0) return;
    for (const pool of this.#ports.pools) {
      if (this.#claiming.has(pool.id)) continue;
      const ready = this.#ports.journal.counts.get(pool.id)?.ready ?? 0;
      if (ready === 0 || !pool.dependencies.every((dependency) => dependency.closed)) continue;
      const permits = Math.min(availablePermits(pool.limits, "backlog", nowMs), this.#mostGroups(pool, ready));
      if (permits < 1) this.#wakeWhenLimitHasGrown();
      else void this.#claim(pool, permits, lowestPriority);
    }
  }

  /** What is in flight could not be ended, or a claim would wait, with its permits, until another thread writes. */
  get #storeFails(): boolean {
    return this.#claimFailed || this.#ports.storage.state !== "working";
  }

  /** Claims nothing any more; resolves when nothing is in flight. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeUp?.cancel();
    this.#suspect.handBack();
    return this.#permits.idle();
  }

  async #claim(pool: Pool, permits: number, lowestPriority: number): Promise<void> {
    const { journal, settings, policy } = this.#ports;
    this.#claiming.add(pool.id);
    const preferred = this.#nextLive(pool, permits);
    const permit: Permit = { pool, traffic: "backlog" };
    this.#permits.take(permit, permits);
    const batching = this.#batching(pool);
    let used = 0;
    try {
      const runRows = Math.max(1, Math.floor(settings.runRows * policy().batchFactor));
      const claimed = await journal.claim({
        pool: pool.id,
        runs: permits,
        // Where memory is scarce, no more is taken off the disk than is begun at once.
        rows: Math.max(permits, Math.floor(settings.claimRows * policy().batchFactor)),
        bytes: settings.claimBytes,
        runRows,
        lowestPriority,
        preferred,
        batching,
      });
      if (claimed.closing.length > 0) this.#ports.onClosing();
      if (claimed.expired.length > 0) this.#ports.onExpired(claimed.expired);
      this.#liveCalls.get(pool.id)?.drop(preferred, claimed.waiting);
      const live = new Set(preferred.flat());
      const lowest = lowestRunningRank(policy());
      for (const { runs, isBatch } of groupRuns(claimed.runs, batching, this.#ports.interruptionsBeforeAlone)) {
        used += 1;
        const held = runs.every(({ rows: [head] }) => live.has(head!.sequence))
          ? this.#permits.passToLive(pool)
          : permit;
        // Claimed under another policy: what it does not let run any more waits again.
        const [now, later] = [runs.filter((run) => mayRun(run, lowest)), runs.filter((run) => !mayRun(run, lowest))];
        if (later.length > 0) this.#returnRuns(later);
        if (now.length > 0) this.#begin({ runs: now, isBatch }, held);
        else this.#finished(held);
      }
    } catch (error) {
      this.#pauseAfterStoreFailure(error);
    } finally {
      this.#claiming.delete(pool.id);
      for (let unused = used; unused < permits; unused++) this.#finished(permit, false);
      // Whoever made room for more meanwhile found the claim under way, and left it at that.
      if (used > 0 || this.#batchesLeft(pool) > batching.batches || lowestRunningRank(policy()) > lowestPriority)
        this.pump();
    }
  }

  /**
   * The live calls that go first in a claim. While a backlog drains they take no more than their part of the limit, as
   * when they start at once; beyond it they wait for their turn among the others. Of a single permit there is no part:
   * it is theirs every other time.
   */
  #nextLive(pool: Pool, permits: number): readonly (readonly number[])[] {
    const calls = this.#liveCalls.get(pool.id);
    if (calls === undefined || calls.isEmpty) return [];
    const nowMs = this.#ports.clock.monotonicMs();
    const turns = pool.limits.some((limit) => limit.isIndivisible(nowMs));
    const room = turns ? Number(calls.takeTurn()) : availablePermits(pool.limits, "live", nowMs);
    return calls.first(Math.min(permits, room));
  }

  /** A claim holds its permits while it is under way, so it takes no more than it can use: live calls want them too. */
  #mostGroups(pool: Pool, ready: number): number {
    const most = Math.min(ready, this.#ports.settings.claimRows);
    return pool.isBatched ? Math.min(most, Math.max(1, this.#batchesLeft(pool))) : most;
  }

  #batchesLeft(pool: Pool): number {
    return Math.max(0, this.#ports.settings.batchesInFlight - (this.#batches.get(pool.id) ?? 0));
  }

  #batching(pool: Pool): BatchRules {
    const { batchSizes, policy } = this.#ports;
    const { batchFactor } = policy();
    return {
      sizes: [...batchSizes].map(([definition, items]) => [definition, Math.max(1, Math.floor(items * batchFactor))]),
      batches: this.#batchesLeft(pool),
    };
  }

  #begin({ runs, isBatch }: RunGroup, permit: Permit): void {
    const { operationOf, interruptionsBeforeAlone, executor, batchExecutor } = this.#ports;
    const { pool } = permit;
    const first = runs[0]!.rows[0];
    const operation = first === undefined ? undefined : operationOf(first.definition);
    const isClosed = pool.dependencies.every((dependency) => dependency.closed);
    if (first === undefined || operation === undefined || this.#stopped || !isClosed) {
      this.#handBack(runs, permit);
    } else if (first.interruptions >= interruptionsBeforeAlone) {
      if (this.#suspect.isThere) this.#handBack(runs, permit);
      else this.#suspect.take(runs[0]!, permit);
    } else if (isBatch) {
      this.#countBatch(pool, 1);
      void batchExecutor.execute(runs, operation).finally(() => {
        this.#countBatch(pool, -1);
        this.#finished(permit);
      });
    } else void executor.execute(runs[0]!, operation).finally(() => this.#finished(permit));
  }

  #countBatch(pool: Pool, change: 1 | -1): void {
    this.#batches.set(pool.id, (this.#batches.get(pool.id) ?? 0) + change);
  }

  /** Runs that share a permit, and of which nothing has begun. */
  #handBack(runs: readonly Run[], permit: Permit): void {
    this.#returnRuns(runs);
    this.#finished(permit);
  }

  #returnRuns(runs: readonly Run[]): void {
    const { acknowledgements, journal } = this.#ports;
    const handBack = ({ token }: Run) => acknowledgements.write(() => journal.finishRun(token));
    const before = this.#handedBack;
    this.#handedBack = Promise.all(runs.map(handBack)).then(() => before);
  }

  #finished(permit: Permit, pump = true): void {
    this.#permits.give(permit);
    if (this.#suspect.isThere) this.#suspect.beginWhenAlone();
    else if (pump) this.#pumpSoon();
  }

  /**
   * When all that ends in this tick has ended: the first permit that comes back would be claimed for alone, and the
   * others would wait for that claim's commit. The next claim still rides with the ends.
   */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    process.nextTick(() => {
      this.#pumping = false;
      this.pump();
    });
  }

  #wakeWhenLimitHasGrown(): void {
    this.#wakeUp ??= this.#ports.wheel.add(LIMIT_GROWS_PAUSE_MS, () => {
      this.#wakeUp = undefined;
      this.pump();
    });
  }

  #pauseAfterStoreFailure(error: unknown): void {
    if (this.#claimFailed || this.#ports.storage.state === "lost") return;
    this.#claimFailed = true;
    this.#ports.logger.error(
      { code: error instanceof StorageError ? error.code : "internal" },
      "the store failed a claim or an end; claims stop until it works again",
    );
    this.#ports.wheel.add(STORE_FAILED_PAUSE_MS, () => {
      this.#claimFailed = false;
      this.pump();
    });
  }
}

/** A run carries its head's priority, which is its lane's. */
const mayRun = ({ rows: [head] }: Run, lowestRank: number): boolean =>
  head === undefined || head.priority <= lowestRank;
