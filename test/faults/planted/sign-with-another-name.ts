import * as real from "../../../src/control/orders/control-actions.ts";

export * from "../../../src/control/orders/control-actions.ts";

/** Whatever a person orders stands in the audit as the service's own deed. */
export class ControlActions extends real.ControlActions {
  constructor(ports: real.ControlActionPorts) {
    super({ ...ports, record: (action) => ports.record({ ...action, principal: "service" }) });
  }
}
