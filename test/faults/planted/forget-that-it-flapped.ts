import type * as real from "../../../machines/triggers/trigger-context.ts";

export * from "../../../machines/triggers/trigger-context.ts";

/** A condition that comes and goes is kept no longer for it. */
export const flapped: typeof real.flapped = () => 1;
