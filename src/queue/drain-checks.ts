import type { Kysely } from "kysely";
import type { ActionResult } from "../dependencies/health.ts";
import type { ManagedDependency } from "../dependencies/managed-dependency.ts";
import type { OperationRegistry } from "../operations/operation-registry.ts";
import { receiptOperationId } from "../operations/operation-id.ts";
import type { Database } from "../storage/database.ts";
import { type DrainMark, readDrainBalance, readDrainMark } from "../storage/reads/drain-mark.ts";
import { drainRemainder } from "../storage/reads/drain-remainder.ts";
import { sampleEndedSince } from "../storage/reads/ended-since.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { Journal } from "./journal.ts";

export interface DrainCheckPorts {
  readonly journal: Journal;
  readonly database: Kysely<Database>;
  readonly registry: OperationRegistry;
  readonly wheel: TimerWheel;
}

/** What a drain's machine asks about one dependency's backlog. */
export interface DrainChecksOfDependency {
  readWatermark(): Promise<{ readonly watermark: number; readonly open: number; readonly proof: string }>;
  emptied(
    watermark: number,
    signal: AbortSignal,
  ): Promise<{ readonly held: number; readonly dead: number; readonly parked: number }>;
  verifyDrain(marked: {
    readonly watermark: number;
    readonly open: number;
    readonly markedAt: number;
    readonly proof: string;
  }): Promise<ActionResult>;
}

/** While a backlog drains, it is looked at this often at most. */
const LOOK_PAUSE_MS = 100;
const SAMPLE_ROWS = 32;
const SAMPLE_TIMEOUT_MS = 10_000;
/** The ends of the last operations ride in a commit after their effects: verifying waits for them. */
const BALANCE_LOOKS = 20;

/** Answers a drain from the disk and from the dependency, not from what the data plane believes. */
export class DrainChecks {
  readonly #ports: DrainCheckPorts;

  constructor(ports: DrainCheckPorts) {
    this.#ports = ports;
  }

  of(dependency: ManagedDependency): DrainChecksOfDependency {
    return {
      // The last number is taken in the turn in which the breaker closed: what is accepted from then on was never kept
      // waiting by it, however busy the reader is.
      readWatermark: async () => {
        const { watermark, open, counted, position } = await readDrainMark(
          this.#ports.database,
          this.#poolsOf(dependency),
          this.#ports.journal.lastSequence,
        );
        return { watermark, open, proof: JSON.stringify({ counted, position }) };
      },
      emptied: (watermark, signal) => this.#emptied(dependency, watermark, signal),
      verifyDrain: (marked) => this.#verify(dependency, marked),
    };
  }

  #poolsOf(dependency: ManagedDependency): readonly number[] {
    return this.#ports.registry.pools
      .filter(({ dependencies }) => dependencies.includes(dependency))
      .map(({ id }) => id);
  }

  async #emptied(
    dependency: ManagedDependency,
    watermark: number,
    signal: AbortSignal,
  ): Promise<{ held: number; dead: number; parked: number }> {
    for (;;) {
      const { open, held, dead, parked } = await drainRemainder(
        this.#ports.database,
        this.#poolsOf(dependency),
        watermark,
      );
      if (open === 0) return { held, dead, parked };
      await this.#pause(signal);
      if (signal.aborted) return { held, dead, parked };
    }
  }

  async #verify(
    dependency: ManagedDependency,
    { watermark, markedAt, proof }: { readonly watermark: number; readonly markedAt: number; readonly proof: string },
  ): Promise<ActionResult> {
    const pools = this.#poolsOf(dependency);
    const { counted, position } = JSON.parse(proof) as Pick<DrainMark, "counted" | "position">;
    let balance = await readDrainBalance(this.#ports.database, pools, { watermark, position });
    for (let look = 1; look < BALANCE_LOOKS && balance.ended + balance.left !== counted; look++) {
      await this.#pause();
      balance = await readDrainBalance(this.#ports.database, pools, { watermark, position });
    }
    if (balance.ended + balance.left !== counted)
      return {
        ok: false,
        detail: `${counted} were counted up to number ${watermark}, but ${balance.ended} ended and ${balance.left} are left`,
      };
    const missing = await this.#missingReceipts(dependency, pools, watermark, markedAt);
    if (missing.of > 0 && missing.count > 0)
      return { ok: false, detail: `${missing.count} of ${missing.of} sampled receipts are not in ${dependency.name}` };
    return {
      ok: true,
      detail: `${balance.ended} ended of ${counted} counted, ${balance.left} left aside, ${missing.of} receipts read back`,
    };
  }

  async #missingReceipts(
    dependency: ManagedDependency,
    pools: readonly number[],
    watermark: number,
    since: number,
  ): Promise<{ readonly of: number; readonly count: number }> {
    const { receipts } = dependency.connection;
    if (receipts === undefined) return { of: 0, count: 0 };
    const sample = await sampleEndedSince(this.#ports.database, { pools, watermark, since, limit: SAMPLE_ROWS });
    if (sample.length === 0) return { of: 0, count: 0 };
    const { journalId } = this.#ports.journal.opened;
    const found = await receipts.find(
      sample.map(({ operationId, incarnation }) => ({
        operationId: receiptOperationId(journalId, operationId),
        incarnation,
      })),
      SAMPLE_TIMEOUT_MS,
    );
    return { of: sample.length, count: found.filter((isThere) => !isThere).length };
  }

  #pause(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#ports.wheel.add(LOOK_PAUSE_MS, resolve);
      signal?.addEventListener("abort", () => {
        timer.cancel();
        resolve();
      });
    });
  }
}
