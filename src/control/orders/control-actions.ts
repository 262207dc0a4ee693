import { HoldfastError } from "../../errors.ts";
import { isAllowed, type Principal } from "../../operations/principal.ts";
import { checkReason } from "../../queue/cancel.ts";
import type { Clock } from "../../ports.ts";
import type { ControlAction } from "../../queue/journal.ts";

export type ControlActionName =
  | "pin"
  | "release_pin"
  | "configure_trigger"
  | "acknowledge_incident"
  | "switch_auto_recovery"
  | "reset_dependency"
  | "order_breaker"
  | "accept_drain"
  | "start_monitoring"
  | "stop_monitoring";

/** Who acts, and why. */
export interface ByPerson {
  /** Kept in the audit. */
  readonly reason: string;
  /** Default: the embedding service's. */
  readonly principal?: Principal;
}

export interface ControlActionPorts {
  readonly clock: Clock;
  readonly principal: Principal;
  /** Rides in the journal's next commit. */
  readonly record: (action: ControlAction) => void;
}

/** One attempt as its action sees it. */
export interface Attempt {
  readonly principal: Principal;
  readonly reason: string;
  readonly actor: `person:${string}`;
}

/** Carries out what persons ask of the control plane, and records each attempt, whatever became of it. */
export class ControlActions {
  readonly #ports: ControlActionPorts;

  constructor(ports: ControlActionPorts) {
    this.#ports = ports;
  }

  /**
   * @param act throws a `HoldfastError` for bad input, before anything is changed
   * @throws MisuseError `reason_missing`, HoldfastError `forbidden`, and what `act` throws
   */
  carryOut<Answer extends { readonly status: string }>(
    {
      action,
      target,
      permission,
      request = {},
    }: {
      readonly action: ControlActionName;
      readonly target: string;
      readonly permission: string;
      readonly request?: ControlAction["request"];
    },
    by: ByPerson,
    act: (attempt: Attempt) => Answer,
  ): Answer {
    const principal = by.principal ?? this.#ports.principal;
    const record = (outcome: string) =>
      this.#ports.record({
        at: this.#ports.clock.now(),
        principal: principal.id,
        action,
        target,
        reason: typeof by.reason === "string" ? by.reason.slice(0, LONGEST_REASON) : null,
        outcome,
        request,
      });
    try {
      if (!isAllowed(principal, permission))
        throw new HoldfastError("forbidden", `${principal.id} may not do this: it asks for ${permission}.`);
      const reason = checkReason(by.reason, `${action} is carried out`);
      const answer = act({ principal, reason, actor: `person:${principal.id}` });
      record(answer.status);
      return answer;
    } catch (error) {
      record(error instanceof HoldfastError ? error.code : "error");
      throw error;
    }
  }
}

/** More of a reason is not kept. */
const LONGEST_REASON = 500;
