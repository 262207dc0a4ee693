import { type Outcome, PRIORITIES, type Priority } from "../../src/index.ts";
import { operationState } from "../../src/storage/operation-state.ts";
import { until } from "./ledger.ts";
import type { SensedService } from "./sensed-service.ts";

/** What a service does, as its callers, its handlers, its journal and its graph have it: no label of a mode is asked. */
export interface Behaviour {
  readonly answers: Answers;
  /** Most handlers at once, how a backlog is executed, and what an attempt is given; null where nothing runs. */
  readonly peak: number | null;
  readonly batches: "many at once" | "one by one" | null;
  readonly attemptMs: number | null;
}

export type Answers = Readonly<Record<Priority, "runs" | "waits" | "refused">>;

let lastNumber = 0;

export async function behaviourOf(service: SensedService): Promise<Behaviour> {
  const answers = await answersOf(service);
  if (answers.critical !== "runs") return { answers, peak: null, batches: null, attemptMs: null };
  return { answers, ...(await backlogOf(service)), attemptMs: await attemptOf(service) };
}

/** What becomes of one operation of each priority. */
export async function answersOf(service: SensedService): Promise<Answers> {
  const answers: Partial<Record<Priority, Answers[Priority]>> = {};
  for (const priority of PRIORITIES) answers[priority] = await answerOf(service, priority);
  return answers as Answers;
}

async function answerOf(service: SensedService, priority: Priority): Promise<Answers[Priority]> {
  const { runtime, write, seen } = service;
  lastNumber += 1;
  const number = lastNumber;
  const rows = () => service.journal().waiting.filter(({ state }) => state !== operationState.running).length;
  const waitedBefore = rows();
  const outcome: Outcome<void> = await runtime.submit(write, { lane: `answer-${number}`, number }, { priority });
  const begun = seen.begun.includes(number);
  const inGraph = service.lanes().get(`answer-${number}`)?.join() === String(number);
  const waiting = rows() - waitedBefore;
  switch (outcome.status) {
    case "completed":
      if (begun && inGraph) return "runs";
      break;
    case "queued":
      if (!begun && !inGraph && waiting === 1 && outcome.because === "policy" && outcome.cause !== undefined)
        return "waits";
      break;
    case "refused":
      if (!begun && !inGraph && waiting === 0 && outcome.retryable && outcome.retryAfterSeconds >= 1) return "refused";
      break;
    case "failed":
  }
  throw new Error(
    `${priority}: ${JSON.stringify(outcome)}, begun ${begun}, in the graph ${inGraph}, ${waiting} more rows wait`,
  );
}

/** More at once than may run, and a backlog behind them: what the handlers see of it. */
async function backlogOf(service: SensedService): Promise<Pick<Behaviour, "peak" | "batches">> {
  const { runtime, write, bulk, seen } = service;
  seen.peak = 0;
  seen.batches.length = 0;
  const numbers: number[] = [];
  const next = () => {
    lastNumber += 1;
    numbers.push(lastNumber);
    return { lane: `backlog-${lastNumber}`, number: lastNumber };
  };
  service.close();
  await Promise.all(Array.from({ length: 20 }, () => runtime.enqueue(write, next(), { priority: "critical" })));
  const limits = () => runtime.status().dependencies.find(({ name }) => name === "graph");
  await until("every permit to be taken", () => seen.inFlight > 0 && seen.inFlight === limits()?.limit);
  await Promise.all(Array.from({ length: 30 }, () => runtime.enqueue(bulk, next(), { priority: "critical" })));
  service.open();
  await service.settles("the backlog to be executed", () => {
    const begun = new Set(seen.begun);
    return seen.inFlight === 0 && numbers.every((number) => begun.has(number));
  });
  return { peak: seen.peak, batches: Math.max(...seen.batches) > 1 ? "many at once" : "one by one" };
}

/** An attempt that does not end by itself: what it was given. */
async function attemptOf({ runtime, hang, seen, clock, settles }: SensedService): Promise<number> {
  seen.attemptsMs.length = 0;
  const ended = runtime.submit(hang, {}, { priority: "critical" });
  await until("the attempt to begin", () => seen.hanging === 1);
  await clock.advance(4_000);
  await settles("the attempt to have ended", () => seen.attemptsMs.length === 1);
  await ended;
  // Timeouts are kept by the tick.
  return Math.round(seen.attemptsMs[0]! / 100) * 100;
}
