export * from "../../../src/control/sensors/readmitted.ts";

/** What a mode held back counts as an overload as soon as it is let in again. */
export const readmittedOf = (): number => 0;
