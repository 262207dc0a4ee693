import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A breaker takes a report about calls of an earlier generation as one about now. */
const planted = <Plane extends ReturnType<typeof real.createControlPlane>>(plane: Plane): Plane =>
  wrapped<Plane>(plane, {
    callsFailed: (report) => {
      const generation = plane.policy.dependencies[report.dependency]?.generation ?? report.generation;
      return plane.callsFailed({ ...report, generation });
    },
  } as Partial<Plane>);

export const openControlPlane: typeof real.openControlPlane = (ports) => planted(real.openControlPlane(ports));
export const createControlPlane: typeof real.createControlPlane = (ports) => planted(real.createControlPlane(ports));
