import * as real from "../../../src/control/create-control-plane.ts";
import type { ControlPorts } from "../../../src/control/control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A machine that is restored while it waits is not woken any more. */
export const openControlPlane: typeof real.openControlPlane = (ports) => {
  let restoring = false;
  const clock: ControlPorts["clock"] = wrapped(ports.clock, {
    setTimer: (callback, delayMs) => (restoring ? { cancel: () => {} } : ports.clock.setTimer(callback, delayMs)),
  });
  const plane = real.openControlPlane(wrapped(ports, { clock }));
  return wrapped(plane, {
    start(records, lostMs) {
      restoring = records.length > 0;
      plane.start(records, lostMs);
      restoring = false;
    },
  });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
