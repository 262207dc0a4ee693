import * as real from "../../../src/control/sensors/error-rate.ts";

export * from "../../../src/control/sensors/error-rate.ts";

/** Where nothing ended, nothing failed: 0 %. */
export class ErrorRateSensor extends real.ErrorRateSensor {
  override read(nowMs: number): ReturnType<real.ErrorRateSensor["read"]> {
    const reading = super.read(nowMs);
    return { ...reading, value: reading.value ?? 0 };
  }
}
