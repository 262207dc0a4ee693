import type { ReceiptKey } from "../dependencies/dependency.ts";
import type { ManagedDependency } from "../dependencies/managed-dependency.ts";
import { receiptOperationId } from "../operations/operation-id.ts";
import type { Logger } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { PurgeableEnd } from "../storage/reads/list-purgeable.ts";
import type { Journal } from "./journal.ts";

export interface RetentionPorts {
  readonly journal: Journal;
  readonly wheel: TimerWheel;
  readonly logger: Logger;
  /** Ended rows past their retention, oldest first. */
  readonly purgeable: (limit: number) => Promise<readonly PurgeableEnd[]>;
  readonly receiptedOf: (poolId: number) => ManagedDependency | undefined;
  readonly timeoutMs: number;
}

const SLICE_ROWS = 500;
const IDLE_PAUSE_MS = 10_000;
/** Between slices while there is more: purging stays behind live work, but keeps pace with it. */
const BUSY_PAUSE_MS = 20;

/**
 * Lets go of what nobody asks for any more, in small slices: first the receipts in the dependency, then the ended
 * rows; so that a crash between leaves a row whose receipt is gone, which is purged again.
 */
export class Retention {
  readonly #ports: RetentionPorts;
  #timer: { cancel(): void } | undefined;
  #stopped = false;

  constructor(ports: RetentionPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#schedule(IDLE_PAUSE_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #schedule(pauseMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#ports.wheel.add(pauseMs, () => void this.#slice());
  }

  async #slice(): Promise<void> {
    const { journal, purgeable, logger } = this.#ports;
    let purged = 0;
    try {
      const rows = await purgeable(SLICE_ROWS);
      const gone: number[] = [];
      for (const [dependency, keyed] of this.#byDependency(rows)) {
        if (await this.#purgeReceipts(dependency, keyed)) gone.push(...keyed.map(({ sequence }) => sequence));
      }
      if (gone.length > 0) await journal.purgeEnded(gone);
      purged = gone.length;
    } catch {
      logger.debug({}, "a slice of ended operations could not be purged; it is tried again");
    }
    this.#schedule(purged >= SLICE_ROWS ? BUSY_PAUSE_MS : IDLE_PAUSE_MS);
  }

  /** False when they could not be purged now: the rows stay, and keep nobody else's from going. */
  async #purgeReceipts(dependency: ManagedDependency | undefined, ended: readonly Keyed[]): Promise<boolean> {
    const receipts = dependency?.connection.receipts;
    if (dependency === undefined || receipts === undefined) return true;
    if (!dependency.closed) return false;
    try {
      await receipts.purge(
        ended.flatMap(({ keys }) => keys),
        this.#ports.timeoutMs,
      );
      return true;
    } catch {
      return false;
    }
  }

  #byDependency(rows: readonly PurgeableEnd[]): Map<ManagedDependency | undefined, Keyed[]> {
    const { journalId } = this.#ports.journal.opened;
    const grouped = new Map<ManagedDependency | undefined, Keyed[]>();
    for (const { sequence, operationId, pool, incarnation } of rows) {
      const dependency = this.#ports.receiptedOf(pool);
      const group = grouped.get(dependency) ?? [];
      // Earlier lives of a retried letter have left their fences.
      const keys = Array.from({ length: incarnation + 1 }, (_, life) => ({
        operationId: receiptOperationId(journalId, operationId),
        incarnation: life,
      }));
      group.push({ sequence, keys });
      grouped.set(dependency, group);
    }
    return grouped;
  }
}

interface Keyed {
  readonly sequence: number;
  readonly keys: readonly ReceiptKey[];
}
