import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A pin is gone after a restart, and nobody is told. */
export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, {
    start: (records, lostMs) =>
      plane.start(
        records.filter(({ id }) => id !== "pin"),
        lostMs,
      ),
  });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
