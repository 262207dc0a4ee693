import * as real from "../../../machines/contracts/conditions.ts";

export * from "../../../machines/contracts/conditions.ts";

/** An emergency counts every condition as a trouble of its own: three lost dependencies are three. */
export const troubleOf: typeof real.troubleOf = real.conditionId;
