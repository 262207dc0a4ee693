import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Priority } from "../../machines/contracts/priority.ts";
import type { AttemptsInFlight } from "../dependencies/attempts-in-flight.ts";
import { HoldfastError, StorageError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { AbandonedRuns } from "../queue/abandoned-runs.ts";
import type { Dispatcher } from "../queue/dispatcher.ts";
import type { Pool } from "../queue/pool.ts";
import type { EndOfOperation } from "../queue/ended-event.ts";
import type { Accepted, Journal } from "../queue/journal.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { acceptanceOf } from "./acceptance.ts";
import { answerInTime, queued } from "./answer-in-time.ts";
import { endedOutcome } from "./ended-outcome.ts";
import { answerByFallback } from "./fallback.ts";
import { OffDiskWay } from "./off-disk.ts";
import { keyedOperationId } from "./operation-id.ts";
import { type Outcome, type QueuedBecause, refused } from "./outcome.ts";
import { authorizeAndRead, type Prepared, prepareSubmit } from "./prepare-submit.ts";
import type { Principal } from "./principal.ts";
import { overloadedRefusal, policyRefusal, stoppingRefusal, storageLostRefusal, storageRefusal } from "./refusals.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import type { Ending, Waiters } from "./waiters.ts";

export interface SubmitOptions {
  readonly principal?: Principal;
  readonly priority?: Priority;
  readonly idempotencyKey?: string;
  readonly answerWithinMs?: number;
  readonly expiresAfterMs?: number;
}

export interface SubmitPorts {
  readonly journal: Journal;
  readonly dispatcher: Dispatcher;
  readonly attempts: AttemptsInFlight;
  readonly abandoned: AbandonedRuns;
  readonly waiters: Waiters;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly config: RuntimeConfig;
  readonly policy: () => AdmissionPolicy;
  readonly poolOf: (operation: RegisteredOperation) => Pool;
  readonly isHeld: (name: string) => boolean;
  readonly onOffDiskEnd: (end: EndOfOperation) => void;
  /** One more is on disk. */
  readonly onAccepted: () => void;
  /** Where an operation is that was accepted before: how it has ended, or why it has not. */
  readonly find: (sequence: number) => Promise<Whereabouts>;
}

export type Whereabouts =
  | { readonly ending: Ending }
  | { readonly ending?: undefined; readonly because: QueuedBecause };

/**
 * The way of one call: authorize > validate > admit > accept on disk > execute > end. Everything before "accept"
 * leaves no trace but the answer; from there on the operation reaches exactly one end, whoever still listens.
 */
export class Submitter {
  readonly #ports: SubmitPorts;
  readonly #offDisk: OffDiskWay;
  #pendingSubmits = 0;
  #pendingBytes = 0;
  #stopping = false;
  #storageLost = false;

  constructor(ports: SubmitPorts) {
    this.#ports = ports;
    this.#offDisk = new OffDiskWay(ports);
  }

  get pendingSubmits(): number {
    return this.#pendingSubmits;
  }

  /** Refuses everything from now on. */
  stop(): void {
    this.#stopping = true;
  }

  /** Refuses from now on whatever would have to be put on disk. */
  loseStorage(): void {
    this.#storageLost = true;
  }

  submit(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
  ): Promise<Outcome> {
    return this.#go(operation, input, options, true);
  }

  enqueue(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
  ): Promise<Outcome> {
    return this.#go(operation, input, options, false);
  }

  #go(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
    waits: boolean,
  ): Promise<Outcome> {
    const { config } = this.#ports;
    if (this.#stopping) return Promise.resolve(stoppingRefusal());
    if (
      this.#pendingSubmits >= config.queue.maximumPendingSubmits ||
      this.#pendingBytes >= config.queue.maximumPendingBytes
    )
      return Promise.resolve(
        overloadedRefusal(
          `${this.#pendingSubmits} submits wait for an answer already; send fewer at a time, or use enqueue.`,
        ),
      );
    const text = authorizeAndRead(operation, input, options.principal, config.operations);
    if (typeof text !== "string") return Promise.resolve(text);
    this.#pendingSubmits += 1;
    this.#pendingBytes += text.length;
    return this.#take(operation, text, options, waits)
      .then(later)
      .finally(() => (this.#pendingSubmits -= 1));
  }

  /**
   * Until it is on disk, or answered. Whoever waits for the answer of what is on disk does so outside of this, and of
   * everything else that holds the input: thousands may wait, and their inputs are on disk already.
   */
  async #take(
    operation: RegisteredOperation,
    text: string,
    options: SubmitOptions & { readonly principal: Principal },
    waits: boolean,
  ): Promise<Outcome | Later> {
    try {
      const prepared = await prepareSubmit(operation, text, options, this.#ports);
      if ("status" in prepared) return prepared;
      // Validating may take its time.
      if (this.#stopping) return stoppingRefusal();
      return await (operation.definition.queueable ? this.#accept(prepared, waits) : this.#offDisk.go(prepared));
    } finally {
      this.#pendingBytes -= text.length;
    }
  }

  async #accept(prepared: Prepared, waits: boolean): Promise<Outcome | Later> {
    const { operation, pool, admission } = prepared;
    const { journal, dispatcher, isHeld, clock, config } = this.#ports;
    if (admission.decision === "refuse")
      return answerByFallback(prepared, admission.cause, () =>
        policyRefusal(operation.definition.name, admission, clock.now(), config),
      );
    if (this.#storageLost) return storageLostRefusal();
    const starts =
      admission.decision === "run" && !isHeld(operation.definition.name) && dispatcher.tryStart(pool, "on disk");
    const acceptance = acceptanceOf(prepared, starts, this.#ports);
    const { sequence, operationId } = acceptance;
    let accepted: Accepted;
    try {
      accepted = await journal.accept(acceptance);
    } catch (error) {
      if (starts) dispatcher.giveUpStart(pool);
      return this.#notAccepted(operationId, error);
    }
    if (starts && accepted.state !== "running") dispatcher.giveUpStart(pool);
    if (accepted.state === "duplicate") return this.#followDuplicate(prepared, accepted, waits);
    this.#ports.onAccepted();

    if (accepted.state === "running") {
      const answer = waits
        ? answerInTime({ sequence, operationId, because: "slow" }, prepared, this.#ports)
        : undefined;
      const row = { ...acceptance, attempts: 0, interruptions: 0, incarnation: 0, keyed: acceptance.key !== undefined };
      dispatcher.start({ token: accepted.token, lane: acceptance.lane, rows: [row] }, operation, pool, prepared.parsed);
      return answer === undefined ? queued(operationId, "requested") : { later: answer };
    }
    if (admission.decision === "queue") return queued(operationId, "policy", admission);
    if (!waits) return queued(operationId, "requested");
    const { id } = pool;
    const { priority } = acceptance;
    if (accepted.state === "ready") dispatcher.prefer(id, sequence, priority);
    const because = accepted.state === "blocked" ? "lane" : "limit";
    const answer = answerInTime({ sequence, operationId, because }, prepared, this.#ports);
    return { later: answer.finally(() => dispatcher.forget(id, sequence, priority)) };
  }

  #notAccepted(operationId: string, error: unknown): Outcome {
    if (!(error instanceof StorageError) || error.code !== "writer_lost" || error.retryable)
      return this.#stopping ? stoppingRefusal() : storageRefusal(error);
    // Its commit was under way: nobody knows, and who takes it for refused and submits again may have it twice.
    return {
      status: "failed",
      operationId,
      effect: "unknown",
      error: new HoldfastError(
        "storage_lost",
        `The journal was lost while the operation was being accepted: it is on disk or it is not. After the restart, ask for the result of ${operationId}, or submit it again under the same idempotency key.`,
        { cause: error },
      ),
    };
  }

  /** The same key again: the same outcome, or a refusal where the input is another. */
  async #followDuplicate(
    prepared: Prepared,
    { sequence, sameInput }: Extract<Accepted, { state: "duplicate" }>,
    waits: boolean,
  ): Promise<Outcome | Later> {
    const { operation, principal, idempotencyKey, admission } = prepared;
    const { find } = this.#ports;
    const operationId = keyedOperationId(operation.definition.name, principal.id, idempotencyKey!);
    if (!sameInput)
      return refused(
        "idempotency_key_reused",
        `The idempotency key belongs to operation ${operationId}, which has another input. Use a new key for new work.`,
      );
    const first = await find(sequence);
    if (first.ending !== undefined) return endedOutcome(operationId, first.ending);
    if (admission.decision === "queue") return queued(operationId, "policy", admission);
    if (!waits) return queued(operationId, "requested");
    const onDisk = { sequence, operationId, because: first.because, isSubmitter: false };
    const outcome = answerInTime(onDisk, prepared, this.#ports);
    // It may have ended between the look and the listening.
    const second = await find(sequence);
    if (second.ending !== undefined) this.#ports.waiters.settle(sequence, second.ending);
    return { later: outcome };
  }
}

/** An answer that is waited for when all else is done. */
interface Later {
  readonly later: Promise<Outcome>;
}

const later = (taken: Outcome | Later): Outcome | Promise<Outcome> => ("later" in taken ? taken.later : taken);
