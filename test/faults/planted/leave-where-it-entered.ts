import * as real from "../../../machines/triggers/trigger-context.ts";

export * from "../../../machines/triggers/trigger-context.ts";

/** Whatever is not high is low: a condition goes where it came, and comes again with the next value. */
export const isLow: typeof real.isLow = (context, event) => !real.isHigh(context, event);
