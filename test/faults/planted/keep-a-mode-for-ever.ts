import * as real from "../../../machines/facts.ts";

export * from "../../../machines/facts.ts";

/** Nobody hears that a condition is gone: the modes that answer to it stay. */
export const remember: typeof real.remember = (facts, fact) =>
  fact.type === "condition.cleared" ? facts : real.remember(facts, fact);
