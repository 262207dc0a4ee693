import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PRIORITIES, type Priority } from "holdfast";
import { type Answer, submitTo } from "../answer.ts";
import type { Acknowledgement } from "../verify-acknowledgements.ts";
import { type Call, type CallEnd, figuresOf } from "./call-figures.ts";
import type { LoadSettings, LoadStatus, PhaseOfLoad } from "./messages.ts";
import { isQuestion, priorityOf, stationId, stationOf } from "./orders.ts";
import type { Phase } from "./phase.ts";

const ASK_AGAIN_AFTER_MS = 100;
const SHORTEST_SLEEP_MS = 2;

interface RunningPhase {
  readonly phase: Phase;
  readonly ratePerSecond: number;
  readonly startedAtMs: number;
  readonly first: number;
  /** Set when the next one begins. */
  end: number;
  endedAtMs: number;
  readonly calls: Record<Priority, Call[]>;
}

/**
 * Callers from outside: they come at a steady rate, whatever becomes of those before them, and keep their own record. A
 * station sends its next order when its last one has been answered; the wait for that counts as the caller's.
 */
export class Callers {
  readonly #settings: LoadSettings;
  readonly #file: number;
  readonly #phases: RunningPhase[] = [];
  /** What each station waits for before it sends the next. */
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #ends = { completed: 0, queued: 0, refused: 0, failed: 0, unanswered: 0 };
  #offered = 0;
  #finishing = false;

  constructor(settings: LoadSettings) {
    this.#settings = settings;
    this.#file = openSync(settings.file, "ax");
  }

  get status(): LoadStatus {
    const { completed, queued, refused, failed, unanswered } = this.#ends;
    return {
      offered: this.#offered,
      answered: completed + queued + refused + failed + unanswered,
      completed,
      queued,
      refused,
      failed: failed + unanswered,
    };
  }

  begin(phase: Phase, ratePerSecond: number): void {
    const startedAtMs = performance.now();
    this.#endPhase(startedAtMs);
    const calls = Object.fromEntries(PRIORITIES.map((priority) => [priority, [] as Call[]]));
    this.#phases.push({
      phase,
      ratePerSecond,
      startedAtMs,
      first: this.#offered,
      end: 0,
      endedAtMs: 0,
      calls: calls as Record<Priority, Call[]>,
    });
    if (this.#phases.length === 1) void this.#offerAll();
  }

  /** Offers nothing more, and resolves when everything that was offered has been answered. */
  async finish(): Promise<readonly PhaseOfLoad[]> {
    this.#finishing = true;
    this.#endPhase(performance.now());
    await Promise.all(this.#underWay.values());
    closeSync(this.#file);
    return this.#phases.map(({ phase, first, end, startedAtMs, endedAtMs, calls }) => ({
      phase,
      first,
      end,
      seconds: (endedAtMs - startedAtMs) / 1_000,
      byPriority: Object.fromEntries(
        PRIORITIES.map((priority) => [priority, figuresOf(calls[priority])]),
      ) as PhaseOfLoad["byPriority"],
      all: figuresOf(Object.values(calls).flat()),
    }));
  }

  #endPhase(nowMs: number): void {
    const current = this.#phases.at(-1);
    if (current === undefined) return;
    // What was due before the end is still of this phase.
    this.#offerDue(current, nowMs);
    current.end = this.#offered;
    current.endedAtMs = nowMs;
  }

  async #offerAll(): Promise<void> {
    while (!this.#finishing) {
      const current = this.#phases.at(-1);
      if (current !== undefined) this.#offerDue(current, performance.now());
      await sleep(Math.max(SHORTEST_SLEEP_MS, 1_000 / (current?.ratePerSecond ?? 1) / 2));
    }
  }

  #offerDue(current: RunningPhase, nowMs: number): void {
    for (;;) {
      const dueAtMs = current.startedAtMs + ((this.#offered - current.first) / current.ratePerSecond) * 1_000;
      if (dueAtMs > nowMs) return;
      this.#offer(this.#offered++, dueAtMs, current);
    }
  }

  #offer(order: number, dueAtMs: number, { calls }: RunningPhase): void {
    const station = stationOf(order);
    const before = this.#underWay.get(station);
    const underWay = (async (): Promise<void> => {
      await before;
      const end = await this.#call(order, station);
      this.#ends[end] += 1;
      calls[priorityOf(order)].push({ end, tookMs: performance.now() - dueAtMs });
    })();
    this.#underWay.set(station, underWay);
    void underWay.finally(() => {
      if (this.#underWay.get(station) === underWay) this.#underWay.delete(station);
    });
  }

  async #call(order: number, station: number): Promise<CallEnd> {
    const { port, runId, withQuestions, resubmits } = this.#settings;
    const isWrite = !(withQuestions && isQuestion(order));
    const body = JSON.stringify({
      operation: isWrite ? "order.record" : "order.price",
      input: { station: stationId(runId, station), order, priority: priorityOf(order) },
    });
    let answer: Answer | undefined;
    for (;;) {
      answer = await submitTo(port, body, `${runId}-${order}`);
      if (answer !== undefined || !resubmits) break;
      await sleep(ASK_AGAIN_AFTER_MS);
    }
    if (answer === undefined) return "unanswered";
    if (isWrite && answer.status !== "refused") {
      const line: Acknowledgement = { operation: order, lane: station, status: answer.status, at: Date.now() };
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
    }
    return answer.status;
  }
}
