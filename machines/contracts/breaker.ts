/** The states of a dependency's breaker. Only `closed` lets calls through. */
export const BREAKER_STATES = ["probing", "closed", "open", "forced_open", "disabled", "misconfigured"] as const;

export type BreakerState = (typeof BREAKER_STATES)[number];
