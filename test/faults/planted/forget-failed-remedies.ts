import * as real from "../../../machines/recovery/incident-context.ts";

export * from "../../../machines/recovery/incident-context.ts";

/** An incident that crashed begins its ladder anew. */
export const bornFrom: typeof real.bornFrom = (input) => real.bornFrom({ ...input, predecessor: null });
