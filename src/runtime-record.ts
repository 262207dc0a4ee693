import type { Kysely } from "kysely";
import type { ControlPlane } from "./control/control-plane.ts";
import { type DegradationMetrics, degradationMetrics } from "./degradation/metrics.ts";
import { ModeCounters } from "./degradation/mode-counters.ts";
import { ModeHistory } from "./degradation/mode-history.ts";
import { RecentDegradations } from "./degradation/recent-degradations.ts";
import type { Clock } from "./ports.ts";
import type { Journal } from "./queue/journal.ts";
import type { Database } from "./storage/database.ts";
import type { TimerWheel } from "./timer-wheel.ts";
import { countDegradations } from "./storage/reads/read-history.ts";

export interface DegradationRecordParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly database: Kysely<Database>;
  readonly control: ControlPlane;
  readonly wheel: TimerWheel;
  /** The ids of all supervised machines. */
  readonly machines: () => readonly string[];
  /** Whether the dispatcher may claim at all. */
  readonly canClaim: () => boolean;
  /** Whether remedies are tried; default true. */
  readonly isAutoRecoveryOn?: () => boolean;
}

const SAVE_EVERY_MS = 60_000;

/** What has become of the service's modes: as a history, and in figures. */
export class DegradationRecord {
  readonly counters: ModeCounters;
  readonly history: ModeHistory;
  readonly #parts: DegradationRecordParts;
  readonly #recent: RecentDegradations;
  #timer: { cancel(): void } | undefined;

  constructor(parts: DegradationRecordParts) {
    const { clock, journal, database, control, machines } = parts;
    this.#parts = parts;
    this.counters = new ModeCounters({
      records: journal.opened.records,
      save: (record) => journal.saveRecord(record),
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
    });
    this.history = new ModeHistory(database, machines);
    this.#recent = new RecentDegradations((since) => countDegradations(database, since));
    control.onPolicy((policy) => this.counters.apply(policy));
    control.onTransition(() => this.#recent.changed(clock.now()));
  }

  start(): void {
    this.#timer = this.#parts.wheel.add(SAVE_EVERY_MS, () => {
      this.counters.save();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.counters.stop();
  }

  async metrics(): Promise<DegradationMetrics> {
    const { clock, journal, control, canClaim, isAutoRecoveryOn } = this.#parts;
    const now = clock.now();
    const eventsIn24h = await this.#recent.count(now);
    const { policy } = control;
    let operationsQueued = 0;
    for (const { ready, scheduled, blocked } of journal.counts.values())
      operationsQueued += ready + scheduled + blocked;
    return degradationMetrics({
      now,
      totals: this.counters.totals,
      eventsIn24h,
      modes: policy.modes,
      operationsQueued,
      runsSomething: Object.values(policy.byPriority).includes("run"),
      dependencies: Object.values(policy.dependencies),
      canClaim: canClaim(),
      isAutoRecoveryOn: isAutoRecoveryOn?.() ?? true,
    });
  }
}
