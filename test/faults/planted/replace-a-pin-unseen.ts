import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** Whoever sets a pin replaces the one that is held, whether he knows of it or not. */
export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, {
    pin: (wish, cause) => plane.pin({ ...wish, expected: plane.policy.pin?.revision ?? null }, cause),
  });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
