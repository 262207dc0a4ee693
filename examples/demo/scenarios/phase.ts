/** The three parts of a scenario, by what happens to the service. */
export const PHASES = ["before", "during", "after"] as const;

export type Phase = (typeof PHASES)[number];
