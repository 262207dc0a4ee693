import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { type Mode, type ModeInForce, MODES } from "../../machines/contracts/modes.ts";
import type { MachineRecord } from "../queue/journal.ts";

/** How long each mode has been in force, and how often the service has degraded, over all processes. */
export interface ModeTotals {
  /** Observed milliseconds; several modes may be in force at a time. */
  readonly timeInModeMs: Readonly<Record<Mode, number>>;
  /** Times that a mode other than normal came into force. */
  readonly degradationEvents: number;
  /** Operations that ended while a mode other than normal was in force. */
  readonly operationsProcessedWhileDegraded: number;
}

const RECORD = "counters:modes";
const VERSION = 1;

const none: ModeTotals = {
  timeInModeMs: {
    normal: 0,
    reduced_performance: 0,
    local_queue: 0,
    memory_constrained: 0,
    selective_processing: 0,
    emergency_mode: 0,
  },
  degradationEvents: 0,
  operationsProcessedWhileDegraded: 0,
};

export interface ModeCounterPorts {
  /** What the last process left among its machines' records. */
  readonly records: readonly MachineRecord[];
  readonly save: (record: MachineRecord) => void;
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

/**
 * Counters that a status may be asked for every second, kept instead of counted from a year of history: one small
 * record, written whenever the modes change, once a minute, and when the runtime stops. A kill loses what was counted
 * since.
 */
export class ModeCounters {
  readonly #ports: ModeCounterPorts;
  #totals: ModeTotals;
  /** By the id of the mode: `local_queue:graph`. Over a restart, so that what goes on is no new event. */
  #known: ReadonlySet<string>;
  #modes: readonly Mode[] = [];
  #sinceMs: number;
  #processed = 0;

  constructor(ports: ModeCounterPorts) {
    this.#ports = ports;
    const { known, ...totals } = restored(ports.records);
    this.#totals = totals;
    this.#known = new Set(known);
    this.#sinceMs = ports.monotonicMs();
  }

  /** A mode other than normal is in force. One property: it is asked for with every end. */
  isDegraded = false;

  /** An operation has ended. */
  ended(): void {
    if (this.isDegraded) this.#processed += 1;
  }

  /** Time is that of the modes in force (the pinned one alone, while a pin is held); what yields to a pin goes on. */
  apply({ modes, yielded = [] }: Pick<AdmissionPolicy, "modes" | "yielded">): void {
    const names = [...new Set(modes.map(({ mode }) => mode))];
    const known = new Set([...modes, ...yielded].map(idOf));
    if (sameItems(names, this.#modes) && sameItems([...known], [...this.#known])) return;
    this.#advance();
    const entered = [...known].filter((id) => id !== "normal" && !this.#known.has(id)).length;
    this.#totals = { ...this.#totals, degradationEvents: this.#totals.degradationEvents + entered };
    this.#known = known;
    this.#modes = names;
    this.isDegraded = names.some((mode) => mode !== "normal");
    this.save();
  }

  get totals(): ModeTotals {
    this.#advance();
    return this.#totals;
  }

  /** What has been counted is in the next commit. */
  save(): void {
    this.#advance();
    const { save, now } = this.#ports;
    const context = JSON.stringify({ ...this.#totals, known: [...this.#known] });
    save({ id: RECORD, version: VERSION, at: now(), state: '"kept"', context });
  }

  /** The runtime stops. */
  stop(): void {
    this.save();
    this.#modes = [];
  }

  #advance(): void {
    const nowMs = this.#ports.monotonicMs();
    const passed = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    const timeInModeMs = { ...this.#totals.timeInModeMs };
    for (const mode of this.#modes) timeInModeMs[mode] += passed;
    const operationsProcessedWhileDegraded = this.#totals.operationsProcessedWhileDegraded + this.#processed;
    this.#processed = 0;
    this.#totals = { ...this.#totals, timeInModeMs, operationsProcessedWhileDegraded };
  }
}

const idOf = ({ mode, dependency }: Pick<ModeInForce, "mode" | "dependency">): string =>
  dependency === undefined ? mode : `${mode}:${dependency}`;

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));

function restored(records: readonly MachineRecord[]): ModeTotals & { readonly known: readonly string[] } {
  const record = records.find(({ id, version }) => id === RECORD && version === VERSION);
  if (record === undefined) return { ...none, known: [] };
  const kept = JSON.parse(record.context) as Partial<ModeTotals & { known: readonly string[] }>;
  const times = MODES.map((mode) => [mode, finite(kept.timeInModeMs?.[mode])] as const);
  return {
    timeInModeMs: Object.fromEntries(times) as Record<Mode, number>,
    degradationEvents: finite(kept.degradationEvents),
    operationsProcessedWhileDegraded: finite(kept.operationsProcessedWhileDegraded),
    known: kept.known ?? [],
  };
}

const finite = (value: number | undefined): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
