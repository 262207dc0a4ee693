import * as real from "../../../src/control/sensors/error-rate.ts";

export * from "../../../src/control/sensors/error-rate.ts";

/** The failures of a lost dependency count against the whole service. */
export class ErrorRateSensor extends real.ErrorRateSensor {
  constructor(ports: real.ErrorRatePorts) {
    super({ ...ports, dependencies: new Map() });
  }
}
