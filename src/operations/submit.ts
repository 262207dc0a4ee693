import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import { type Priority, priorityOfRank, priorityRank } from "../../machines/contracts/priority.ts";
import { type Admission, admit } from "../admission/admit.ts";
import { InvalidValueError, StorageError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { Dispatcher, Pool } from "../queue/dispatcher.ts";
import type { Accepted, Acceptance, Journal } from "../queue/journal.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { endedOutcome } from "./ended-outcome.ts";
import { toJsonText } from "./json-text.ts";
import { laneOfKey } from "./lane.ts";
import { inputHash, keyedOperationId, unkeyedOperationId } from "./operation-id.ts";
import { type Outcome, type Queued, type QueuedBecause, type Refused, refused } from "./outcome.ts";
import { isAllowed, type Principal } from "./principal.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import { runNow } from "./run-now.ts";
import { validateInput } from "./validate-input.ts";
import type { Ending, Waiter, Waiters } from "./waiters.ts";

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
  readonly waiters: Waiters;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly config: RuntimeConfig;
  readonly policy: () => AdmissionPolicy;
  readonly poolOf: (operation: RegisteredOperation) => Pool;
  readonly isHeld: (name: string) => boolean;
  /** How an operation that is not in the hands of this process any more has ended; undefined while it has not. */
  readonly findEnding: (sequence: number) => Promise<Ending | undefined>;
}

/** Seconds a caller is asked to wait where nothing better is known. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

interface Prepared {
  readonly operation: RegisteredOperation;
  readonly pool: Pool;
  readonly principal: Principal;
  readonly priority: Priority;
  readonly inputText: string;
  readonly parsed: { readonly value: unknown };
  readonly admission: Admission;
  readonly answerWithinMs: number;
  readonly expiresAfterMs: number;
  readonly idempotencyKey: string | undefined;
}

/**
 * The way of one call: authorize > validate > admit > accept on disk > execute > end. Everything before "accept"
 * leaves no trace but the answer; from there on the operation reaches exactly one end, whoever still listens.
 */
export class Submitter {
  readonly #ports: SubmitPorts;
  #pendingSubmits = 0;
  #pendingBytes = 0;
  #stopping = false;

  constructor(ports: SubmitPorts) {
    this.#ports = ports;
  }

  get pendingSubmits(): number {
    return this.#pendingSubmits;
  }

  /** Refuses everything from now on. */
  stop(): void {
    this.#stopping = true;
  }

  async submit(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
  ): Promise<Outcome> {
    return this.#go(operation, input, options, true);
  }

  async enqueue(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
  ): Promise<Outcome> {
    return this.#go(operation, input, options, false);
  }

  async #go(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
    waits: boolean,
  ): Promise<Outcome> {
    const { queue } = this.#ports.config;
    if (this.#stopping)
      return refused("stopping", "The runtime is being stopped; submit to another instance or after its restart.", {
        retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS,
      });
    if (this.#pendingSubmits >= queue.maximumPendingSubmits || this.#pendingBytes >= queue.maximumPendingBytes)
      return refused(
        "overloaded",
        `${this.#pendingSubmits} submits wait for an answer already; send fewer at a time, or use enqueue.`,
        { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS },
      );
    this.#pendingSubmits += 1;
    let bytes = 0;
    try {
      const prepared = await this.#prepare(operation, input, options);
      if ("status" in prepared) return prepared;
      bytes = prepared.inputText.length;
      this.#pendingBytes += bytes;
      return await (operation.definition.queueable ? this.#accept(prepared, waits) : this.#withoutQueue(prepared));
    } finally {
      this.#pendingSubmits -= 1;
      this.#pendingBytes -= bytes;
    }
  }

  /** Authorize, validate, admit: nothing is stored, nothing is sent. */
  async #prepare(
    operation: RegisteredOperation,
    input: unknown,
    options: SubmitOptions & { readonly principal: Principal },
  ): Promise<Prepared | Refused> {
    const { policy, poolOf } = this.#ports;
    const { definition } = operation;
    const { principal } = options;
    if (!isAllowed(principal, definition.permission))
      return refused(
        "forbidden",
        `${principal.id} lacks the permission ${definition.permission}, which ${definition.name} asks for.`,
      );

    const text = this.#inputText(input);
    if (typeof text !== "string") return text;
    const validation = await validateInput(definition.input, JSON.parse(text));
    if (!validation.ok)
      return refused(
        "invalid_input",
        `The input of ${definition.name} is not valid at ${validation.path}: ${validation.message}.`,
        { path: validation.path },
      );

    const priority = lowered(options.priority ?? definition.priority, principal.highestPriority);
    return {
      operation,
      pool: poolOf(operation),
      principal,
      priority,
      inputText: text,
      parsed: validation,
      admission: admit(policy(), priority, operation.dependencyNames),
      answerWithinMs: options.answerWithinMs ?? operation.answerWithinMs,
      expiresAfterMs: options.expiresAfterMs ?? operation.expiresAfterMs,
      idempotencyKey: options.idempotencyKey ?? definition.idempotencyKey?.(validation.value),
    };

    function lowered(asked: Priority, highest: Priority | undefined): Priority {
      return highest === undefined ? asked : priorityOfRank(Math.max(priorityRank(asked), priorityRank(highest)));
    }
  }

  #inputText(input: unknown): string | Refused {
    const { maximumInputBytes } = this.#ports.config.operations;
    try {
      const text = toJsonText(input) ?? "null";
      const bytes = text.length > maximumInputBytes ? text.length : Buffer.byteLength(text);
      return bytes <= maximumInputBytes
        ? text
        : refused(
            "input_too_large",
            `The input is ${bytes} bytes of JSON; at most ${maximumInputBytes} are taken. Store it elsewhere and send a reference.`,
            { path: "$" },
          );
    } catch (error) {
      if (error instanceof InvalidValueError) return refused("invalid_input", error.message, { path: error.path });
      throw error;
    }
  }

  async #accept(prepared: Prepared, waits: boolean): Promise<Outcome> {
    const { operation, pool, admission } = prepared;
    const { journal, dispatcher, isHeld } = this.#ports;
    if (admission.decision === "refuse") return this.#refusal(prepared);
    const starts =
      admission.decision === "run" && !isHeld(operation.definition.name) && dispatcher.tryStart(operation, pool);
    const acceptance = this.#acceptance(prepared, starts ? "running" : "ready");
    let accepted: Accepted;
    try {
      accepted = await journal.accept(acceptance);
    } catch (error) {
      if (starts) dispatcher.giveUpStart(pool);
      return storageRefusal(error);
    }
    if (starts && accepted.state !== "running") dispatcher.giveUpStart(pool);
    if (accepted.state === "duplicate") return this.#followDuplicate(prepared, accepted, waits);

    const { sequence, operationId } = acceptance;
    const queued = (because: QueuedBecause): Queued => ({
      status: "queued",
      operationId,
      because,
      ...(because === "policy" && admission.cause !== undefined ? { cause: admission.cause } : {}),
    });
    if (accepted.state === "running") {
      const answer = waits ? this.#await(sequence, operationId, prepared.answerWithinMs, () => "slow") : undefined;
      const row = { ...acceptance, attempts: 0, interruptions: 0, incarnation: 0, keyed: acceptance.key !== undefined };
      dispatcher.start({ token: accepted.token, lane: acceptance.lane, rows: [row] }, operation, pool, prepared.parsed);
      return answer ?? queued("requested");
    }
    if (admission.decision === "queue") return queued("policy");
    if (!waits) return queued("requested");
    const because = accepted.state === "blocked" ? "lane" : "limit";
    if (accepted.state === "ready") dispatcher.prefer(pool.id, sequence);
    const outcome = await this.#await(sequence, operationId, prepared.answerWithinMs, () => because);
    dispatcher.forget(pool.id, sequence);
    return outcome;
  }

  #acceptance(prepared: Prepared, wants: "running" | "ready"): Acceptance {
    const { operation, principal, idempotencyKey } = prepared;
    const { definition } = operation;
    const sequence = this.#ports.journal.takeSequence();
    const acceptedAt = this.#ports.clock.now();
    const orderingKey = definition.orderingKey?.(prepared.parsed.value);
    const expiresAt = acceptedAt + Math.round(prepared.expiresAfterMs);
    const operationId =
      idempotencyKey === undefined
        ? unkeyedOperationId(sequence)
        : keyedOperationId(definition.name, principal.id, idempotencyKey);
    return {
      sequence,
      operationId,
      pool: operation.poolId,
      definition: operation.definitionId,
      priority: priorityRank(prepared.priority),
      lane: orderingKey === undefined ? null : laneOfKey(orderingKey),
      principal: principal.id,
      acceptedAt,
      expiresAt,
      input: prepared.inputText,
      wants,
      ...(idempotencyKey === undefined
        ? {}
        : {
            key: {
              hash: operationId.slice(3),
              inputHash: inputHash(definition.name, prepared.inputText),
              until: acceptedAt + this.#ports.config.operations.idempotencyTtlMs,
            },
          }),
    };
  }

  /** The same key again: the same outcome, or a refusal where the input is another. */
  async #followDuplicate(
    prepared: Prepared,
    { sequence, sameInput }: Extract<Accepted, { state: "duplicate" }>,
    waits: boolean,
  ): Promise<Outcome> {
    const operationId = keyedOperationId(
      prepared.operation.definition.name,
      prepared.principal.id,
      prepared.idempotencyKey!,
    );
    if (!sameInput)
      return refused(
        "idempotency_key_reused",
        `The idempotency key belongs to operation ${operationId}, which has another input. Use a new key for new work.`,
      );
    const wait = waits
      ? this.#await(
          sequence,
          operationId,
          prepared.answerWithinMs,
          () => (prepared.admission.decision === "queue" ? "policy" : "slow"),
          false,
        )
      : undefined;
    const ending = await this.#ports.findEnding(sequence);
    if (ending !== undefined) {
      this.#ports.waiters.settle(sequence, ending);
      return endedOutcome(operationId, ending);
    }
    if (prepared.admission.decision === "queue")
      return {
        status: "queued",
        operationId,
        because: "policy",
        ...(prepared.admission.cause === undefined ? {} : { cause: prepared.admission.cause }),
      };
    return wait ?? { status: "queued", operationId, because: "requested" };
  }

  /** Waits for the end, but not longer than the caller does. */
  #await(
    sequence: number,
    operationId: string,
    withinMs: number,
    because: () => QueuedBecause,
    isSubmitter = true,
  ): Promise<Outcome> {
    const { waiters, wheel } = this.#ports;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        isSubmitter,
        retrying: false,
        settle(ending) {
          timer.cancel();
          resolve(endedOutcome(operationId, ending));
        },
        release() {
          timer.cancel();
          resolve({ status: "queued", operationId, because: waiter.retrying ? "retrying" : because() });
        },
      };
      const timer = wheel.add(withinMs, () => {
        waiters.remove(sequence, waiter);
        waiter.release();
      });
      waiters.add(sequence, waiter);
    });
  }

  /** What makes no sense later runs now or not at all. */
  async #withoutQueue(prepared: Prepared): Promise<Outcome> {
    const { operation, pool, admission } = prepared;
    const { dispatcher } = this.#ports;
    if (admission.decision !== "run") return this.#fallback(prepared, admission.cause, () => this.#refusal(prepared));
    if (!dispatcher.tryStart(operation, pool))
      return this.#fallback(prepared, undefined, () =>
        refused(
          "overloaded",
          `All permits of ${operation.dependencyNames.join(" and ") || "this runtime"} are in use, and ${operation.definition.name} cannot wait.`,
          { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS },
        ),
      );
    const operationId = unkeyedOperationId(this.#ports.journal.takeSequence());
    const outcome = await runNow(prepared, operationId, this.#ports, () => dispatcher.giveUpStart(pool));
    if (outcome.status !== "failed" || !outcome.error.retryable) return outcome;
    return this.#fallback(
      prepared,
      { actor: `operation:${operationId}`, what: outcome.error.message, values: { code: outcome.error.code } },
      () => outcome,
    );
  }

  async #fallback(prepared: Prepared, cause: Cause | undefined, otherwise: () => Outcome): Promise<Outcome> {
    const { definition } = prepared.operation;
    if (definition.fallback === undefined) return otherwise();
    try {
      const value = await definition.fallback({
        input: prepared.parsed.value,
        cause: cause ?? { actor: "admission", what: "no permit was free" },
      });
      const text = toJsonText(value);
      return {
        status: "completed",
        operationId: unkeyedOperationId(this.#ports.journal.takeSequence()),
        value: text === undefined ? undefined : JSON.parse(text),
        valueOmitted: false,
        source: "fallback",
      };
    } catch (error) {
      const outcome = otherwise();
      return outcome.status === "refused"
        ? {
            ...outcome,
            message: `${outcome.message} The fallback of ${definition.name} failed too: ${error instanceof Error ? error.message : "it threw a value that is not an Error"}`,
          }
        : outcome;
    }
  }

  #refusal({ operation, admission }: Prepared): Refused {
    const { name } = operation.definition;
    const seconds =
      admission.retryAt === undefined
        ? DEFAULT_RETRY_AFTER_SECONDS
        : Math.max(1, Math.ceil((admission.retryAt - this.#ports.clock.now()) / 1_000));
    const why = admission.cause === undefined ? "" : `: ${admission.cause.what}`;
    return refused(
      admission.byPriority && admission.decision === "refuse" ? "shed" : "unavailable",
      admission.byPriority
        ? `The mode in force does not run the priority of ${name} now${why}.`
        : `${name} cannot wait, and what it depends on is not to be called now${why}.`,
      { retryAfterSeconds: seconds, ...(admission.cause === undefined ? {} : { cause: admission.cause }) },
    );
  }
}

function storageRefusal(error: unknown): Refused {
  if (!(error instanceof StorageError)) throw error;
  if (error.code === "queue_full" || error.code === "storage_full")
    return refused(error.code, error.message, { retryAfterSeconds: 10 });
  return refused("storage_lost", `Nothing can be put on disk now: ${error.message}`, { retryAfterSeconds: 10 });
}
