import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** Calls see a policy that is a moment old. */
const planted = <Plane extends ReturnType<typeof real.createControlPlane>>(plane: Plane): Plane => {
  let shown = plane.policy;
  plane.onPolicy((policy) => void setTimeout(() => (shown = policy), 50));
  return wrapped<Plane>(plane, {
    get policy() {
      return shown;
    },
  } as Partial<Plane>);
};

export const openControlPlane: typeof real.openControlPlane = (ports) => planted(real.openControlPlane(ports));
export const createControlPlane: typeof real.createControlPlane = (ports) => planted(real.createControlPlane(ports));
