import * as real from "../../../src/control/sensors/readmitted.ts";

export * from "../../../src/control/sensors/readmitted.ts";

/** Once something was readmitted, all that arrives after it is explained as well. */
export const readmittedOf: typeof real.readmittedOf = (before, now) => {
  const readmitted = real.readmittedOf(before, now);
  return readmitted > 0 ? now.admitted : 0;
};
