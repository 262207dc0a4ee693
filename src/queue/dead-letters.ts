import type { Page, OperationView } from "../operations/operation-view.ts";
import type { Principal } from "../operations/principal.ts";
import type { Clock } from "../ports.ts";
import { checkReason } from "./cancel.ts";
import type { Journal } from "./journal.ts";

export type RetryOutcome =
  /** `same`: in its old place. `end`: at the end of its lane, which had gone on without it. */
  | { readonly status: "retried"; readonly operationId: string; readonly place: "same" | "end" }
  | { readonly status: "not_dead"; readonly operationId: string };

export type DiscardOutcome = { readonly status: "discarded" | "not_dead"; readonly operationId: string };

export interface DeadLetterPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly list: (options: { readonly after?: number; readonly limit: number }) => Promise<Page<OperationView>>;
  readonly sequenceOf: (operationId: string) => Promise<number | undefined>;
  readonly expiresAfterMs: number;
  readonly onDiscarded: (sequence: number) => void;
}

/** Operations that need a person: each is retried or discarded, with a reason that stays in the audit. */
export class DeadLetters {
  readonly #ports: DeadLetterPorts;
  readonly #principal: Principal;

  constructor(ports: DeadLetterPorts, principal: Principal) {
    this.#ports = ports;
    this.#principal = principal;
  }

  /** Oldest first. `limit` is 100 by default, 1,000 at most. */
  list(options: { readonly after?: number; readonly limit?: number } = {}): Promise<Page<OperationView>> {
    return this.#ports.list({ ...options, limit: Math.min(options.limit ?? 100, 1_000) });
  }

  /** Begins its next incarnation, with all its attempts and a new life in the queue. */
  async retry(
    operationId: string,
    options: { readonly reason: string; readonly principal?: Principal },
  ): Promise<RetryOutcome> {
    const who = this.#who(options);
    const sequence = await this.#ports.sequenceOf(operationId);
    if (sequence === undefined) return { status: "not_dead", operationId };
    const expiresAt = this.#ports.clock.now() + this.#ports.expiresAfterMs;
    const retried = await this.#ports.journal.retryDead({ sequence, expiresAt, ...who });
    return retried.state === "retried"
      ? { status: "retried", operationId, place: retried.place }
      : { status: "not_dead", operationId };
  }

  /** Ends it; its lane goes on. */
  async discard(
    operationId: string,
    options: { readonly reason: string; readonly principal?: Principal },
  ): Promise<DiscardOutcome> {
    const who = this.#who(options);
    const sequence = await this.#ports.sequenceOf(operationId);
    if (sequence === undefined) return { status: "not_dead", operationId };
    const status = await this.#ports.journal.discardDead({ sequence, ...who });
    if (status === "discarded") this.#ports.onDiscarded(sequence);
    return { status, operationId };
  }

  #who({ reason, principal }: { readonly reason: string; readonly principal?: Principal }): {
    readonly principal: string;
    readonly reason: string;
  } {
    return {
      principal: (principal ?? this.#principal).id,
      reason: checkReason(reason, "a dead letter is retried or discarded"),
    };
  }
}
