import { ChangeFeed } from "../degradation/change-feed.ts";
import type { TimerHandle } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { LiveCounters, LiveCounts } from "./live-counters.ts";

/** One second of the service, for charts. */
export interface LiveSample extends LiveCounts {
  /** Wall time of its end. */
  readonly at: number;
  /** How long it really was: a busy process is late. */
  readonly overMs: number;
  /** At its end, on disk: what waits (ready, scheduled, blocked), and what runs. */
  readonly waiting: number;
  readonly running: number;
}

/** Ten minutes. */
const KEPT = 600;
const EVERY_MS = 1_000;

export interface LiveFiguresPorts {
  readonly wheel: TimerWheel;
  readonly clock: { now(): number; monotonicMs(): number };
  readonly counters: LiveCounters;
  readonly queue: () => { readonly waiting: number; readonly running: number };
}

/**
 * The last ten minutes by the second, and each second as it passes. One sample is taken however many look, so that a
 * thousand operations a second cost those who look no more than one.
 */
export class LiveFigures {
  readonly #ports: LiveFiguresPorts;
  readonly #kept: LiveSample[] = [];
  readonly feed: ChangeFeed<LiveSample>;
  #timer: TimerHandle | undefined;
  #takenAtMs = 0;

  /** @param epoch the journal's: tells this process's samples from those of another */
  constructor(epoch: number, ports: LiveFiguresPorts) {
    this.#ports = ports;
    this.feed = new ChangeFeed(epoch, { entries: 60, readers: 1_000 });
  }

  /** The last samples, oldest first. */
  get recent(): readonly LiveSample[] {
    return this.#kept;
  }

  start(): void {
    this.#takenAtMs = this.#ports.clock.monotonicMs();
    this.#ports.counters.take();
    this.#again();
  }

  stop(): void {
    this.#timer?.cancel();
    this.feed.close();
  }

  #again(): void {
    this.#timer = this.#ports.wheel.add(EVERY_MS, () => {
      this.#take();
      this.#again();
    });
  }

  #take(): void {
    const { clock, counters, queue } = this.#ports;
    const nowMs = clock.monotonicMs();
    const sample = { at: clock.now(), overMs: nowMs - this.#takenAtMs, ...queue(), ...counters.take() };
    this.#takenAtMs = nowMs;
    if (this.#kept.length === KEPT) this.#kept.shift();
    this.#kept.push(sample);
    this.feed.tell(sample);
  }
}
