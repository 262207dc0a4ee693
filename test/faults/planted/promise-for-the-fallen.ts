import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A command to an actor that is down is dropped, and said to be done. */
export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, {
    defineTrigger: (trigger, definition, cause) => {
      plane.defineTrigger(trigger, definition, cause);
      return true;
    },
  });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
