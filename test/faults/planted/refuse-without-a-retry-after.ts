import * as real from "../../../src/operations/refusals.ts";

export * from "../../../src/operations/refusals.ts";

/** Whoever is refused for now is not told when to come again. */
export const policyRefusal: typeof real.policyRefusal = (...given) => ({
  ...real.policyRefusal(...given),
  retryable: false,
  retryAfterSeconds: 0,
});
