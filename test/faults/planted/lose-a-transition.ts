import * as real from "../../../src/control/create-control-plane.ts";
import type { ControlPorts } from "../../../src/control/control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** The transitions of one kind of machine are not stored. */
const planted = (ports: ControlPorts): ControlPorts =>
  wrapped(ports, {
    recordTransition: (row) => {
      if (!row.machine.startsWith("local_queue:")) ports.recordTransition(row);
    },
  });

export const openControlPlane: typeof real.openControlPlane = (ports) => real.openControlPlane(planted(ports));
export const createControlPlane: typeof real.createControlPlane = (ports) => real.createControlPlane(planted(ports));
