import type { ByPerson, ControlActions } from "./control-actions.ts";

/** What measures, as far as a person may start and stop it. */
export interface MonitoringSwitch {
  start(): void;
  pause(): void;
}

export interface MonitoringAnswer {
  readonly status: "started" | "stopped";
}

export interface MonitoringOrderPorts {
  readonly monitoring: MonitoringSwitch;
  readonly actions: ControlActions;
}

/** A person's hand on the sensors. */
export class MonitoringOrders {
  readonly #ports: MonitoringOrderPorts;

  constructor(ports: MonitoringOrderPorts) {
    this.#ports = ports;
  }

  switch(enabled: boolean, by: ByPerson): MonitoringAnswer {
    const { monitoring, actions } = this.#ports;
    const action = enabled ? "start_monitoring" : "stop_monitoring";
    return actions.carryOut(
      { action, target: "sensors", permission: "degradation.configure" },
      by,
      (): MonitoringAnswer => {
        if (enabled) monitoring.start();
        else monitoring.pause();
        return { status: enabled ? "started" : "stopped" };
      },
    );
  }
}
