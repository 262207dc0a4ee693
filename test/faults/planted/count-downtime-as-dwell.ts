import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A dwell goes on while nobody observes: a restart does not move its end. */
export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, { start: (records) => plane.start(records, 0) });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
