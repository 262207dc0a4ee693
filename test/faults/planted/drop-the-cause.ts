import * as real from "../../../src/control/create-control-plane.ts";
import type { ControlPorts } from "../../../src/control/control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A transition is stored without who or what led to it. */
const planted = (ports: ControlPorts): ControlPorts =>
  wrapped(ports, { recordTransition: (row) => ports.recordTransition({ ...row, cause: '{"actor":"","what":""}' }) });

export const openControlPlane: typeof real.openControlPlane = (ports) => real.openControlPlane(planted(ports));
export const createControlPlane: typeof real.createControlPlane = (ports) => real.createControlPlane(planted(ports));
