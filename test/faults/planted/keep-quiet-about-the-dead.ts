import * as real from "../../../src/alerts/control-alerts.ts";

export * from "../../../src/alerts/control-alerts.ts";

/** Nobody is told that a sensor has failed. */
export class ControlAlerts extends real.ControlAlerts {
  override transition(row: Parameters<real.ControlAlerts["transition"]>[0]): void {
    if (row.to !== "unknown") super.transition(row);
  }
}
