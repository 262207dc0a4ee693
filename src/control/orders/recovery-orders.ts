import type { ControlDoors } from "../control-doors.ts";
import type { ControlPlane } from "../control-plane.ts";
import { InvalidValueError } from "../../errors.ts";
import type { ByPerson, ControlActions } from "./control-actions.ts";

export interface AcknowledgeAnswer {
  /** `not_paged`: nobody was called about it. `unavailable`: the incident's actor is down; say it again. */
  readonly status: "acknowledged" | "not_paged" | "unavailable";
}

export interface SwitchAnswer {
  readonly status: "enabled" | "disabled" | "unavailable";
}

export interface RecoveryOrderPorts {
  readonly control: Pick<ControlDoors, "acknowledgePage" | "switchAutoRecovery"> & Pick<ControlPlane, "status">;
  readonly actions: ControlActions;
}

/** A person's hand on incidents and their remedies. */
export class RecoveryOrders {
  readonly #ports: RecoveryOrderPorts;

  constructor(ports: RecoveryOrderPorts) {
    this.#ports = ports;
  }

  acknowledge(condition: string, by: ByPerson): AcknowledgeAnswer {
    const { control, actions } = this.#ports;
    const known = control.status().incidents.map(conditionOf);
    return actions.carryOut(
      {
        action: "acknowledge_incident",
        target: known.includes(condition) ? condition : "unknown_condition",
        permission: "incident.acknowledge",
      },
      by,
      ({ reason, actor }) => {
        if (!known.includes(condition))
          throw new InvalidValueError(
            "unknown_condition",
            "$.condition",
            `There is no incident of such a condition; there are: ${known.join(", ")}.`,
          );
        return { status: control.acknowledgePage(condition, { actor, what: `took over: ${reason}` }) };
      },
    );
  }

  switchAutoRecovery(enabled: boolean, by: ByPerson): SwitchAnswer {
    const { control, actions } = this.#ports;
    return actions.carryOut(
      {
        action: "switch_auto_recovery",
        target: "auto_recovery",
        permission: "degradation.configure",
        request: { enabled },
      },
      by,
      ({ reason, actor }): SwitchAnswer => {
        const state = enabled ? "enabled" : "disabled";
        const heard = control.switchAutoRecovery(enabled, { actor, what: `auto recovery ${state}: ${reason}` });
        return { status: heard ? state : "unavailable" };
      },
    );
  }
}

const conditionOf = ({
  condition,
  dependency,
}: {
  readonly condition: string;
  readonly dependency?: string;
}): string => (dependency === undefined ? condition : `${condition}:${dependency}`);
