import type { Cause } from "../../../machines/contracts/cause.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { ControlDoors } from "../control-doors.ts";
import { InvalidValueError } from "../../errors.ts";
import type { ByPerson, ControlActions } from "./control-actions.ts";

export interface OrderAnswer {
  /** `unavailable`: the breaker's actor is down; its dependency queues meanwhile. Say it again. */
  readonly status: "done" | "unavailable";
  /** What the policy says of the dependency right after it. */
  readonly state: string;
}

export type ResetAnswer =
  /** Probes now; the breaker closes when the probe succeeds, and says so. */
  | { readonly status: "probing"; readonly state: string }
  | { readonly status: "already_closed"; readonly state: string }
  | { readonly status: "unavailable"; readonly state: string };

export interface AcceptAnswer {
  /** `not_disputed`: there was nothing to accept. */
  readonly status: "accepted" | "not_disputed" | "unavailable";
}

export interface DependencyOrderPorts {
  readonly control: Pick<ControlPlane, "policy" | "requestProbe" | "acceptDrain" | "status"> &
    Pick<ControlDoors, "orderBreaker">;
  readonly actions: ControlActions;
}

const WHAT = {
  reset_dependency: "asked for a probe",
  order_breaker: "ordered ",
  accept_drain: "accepted the drain",
} as const;

/** A person's hand on a dependency's breaker. None of these closes one: only a probe of its own does. */
export class DependencyOrders {
  readonly #ports: DependencyOrderPorts;

  constructor(ports: DependencyOrderPorts) {
    this.#ports = ports;
  }

  /**
   * Gives the breaker back to itself where a person had taken it, and probes now.
   *
   * @throws InvalidValueError `unknown_dependency`; MisuseError `reason_missing`; HoldfastError `forbidden`
   */
  reset(dependency: string, by: ByPerson): ResetAnswer {
    const { control } = this.#ports;
    return this.#order("reset_dependency", dependency, {}, by, (cause): ResetAnswer => {
      const before = this.#stateOf(dependency);
      if (before === "closed") return { status: "already_closed", state: before };
      const heard =
        before === "forced_open" || before === "disabled"
          ? control.orderBreaker(dependency, "enable", cause)
          : control.requestProbe(dependency, cause);
      return { status: heard ? "probing" : "unavailable", state: this.#stateOf(dependency) };
    });
  }

  /**
   * `force_open`: nothing is called until `enable`, and operations wait. `disable`: everything is called, whatever
   * fails. `enable`: back to its own judgement, which begins with a probe.
   *
   * @throws InvalidValueError `unknown_dependency`; MisuseError `reason_missing`; HoldfastError `forbidden`
   */
  order(dependency: string, order: "force_open" | "disable" | "enable", by: ByPerson): OrderAnswer {
    return this.#order("order_breaker", dependency, { order }, by, (cause): OrderAnswer => {
      const heard = this.#ports.control.orderBreaker(dependency, order, cause);
      return { status: heard ? "done" : "unavailable", state: this.#stateOf(dependency) };
    });
  }

  acceptDrain(dependency: string, by: ByPerson): AcceptAnswer {
    const { control } = this.#ports;
    return this.#order("accept_drain", dependency, {}, by, (cause): AcceptAnswer => {
      const drain = control.status().drains.find((each) => each.dependency === dependency);
      if (drain?.state !== "disputed") return { status: "not_disputed" };
      return { status: control.acceptDrain(dependency, cause) ? "accepted" : "unavailable" };
    });
  }

  #order<Answer extends { readonly status: string }>(
    action: keyof typeof WHAT,
    dependency: string,
    request: Readonly<Record<string, string>>,
    by: ByPerson,
    act: (cause: Cause) => Answer,
  ): Answer {
    const known = Object.hasOwn(this.#ports.control.policy.dependencies, dependency);
    return this.#ports.actions.carryOut(
      {
        action,
        target: known ? dependency : "unknown_dependency",
        permission: "dependency.control",
        request,
      },
      by,
      ({ reason, actor }) => {
        if (!known) throw this.#unknown();
        return act({ actor, what: `${WHAT[action]}${request["order"] ?? ""}: ${reason}` });
      },
    );
  }

  #stateOf(dependency: string): string {
    return this.#ports.control.policy.dependencies[dependency]?.state ?? "ownerless";
  }

  #unknown(): InvalidValueError {
    const names = Object.keys(this.#ports.control.policy.dependencies).join(", ");
    return new InvalidValueError(
      "unknown_dependency",
      "$.dependency",
      `There is no such dependency; there are: ${names}.`,
    );
  }
}
