import type * as real from "../../../src/degradation/stored-changes.ts";

/** Whoever comes back gets what the ring still holds, and nothing from the store. */
export const storedChanges: typeof real.storedChanges = () => ({
  after: async () => [],
  count: async () => 0,
});
