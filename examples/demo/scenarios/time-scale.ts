import { defaultConfig, type PartialRuntimeConfig } from "holdfast";

const SCALED =
  "the triggers' dwells, the sensing interval and window, the modes' restore steps, and the incidents' pauses";
const UNSCALED = "breakers, attempt and answer times, and the load's rate are as they are";

/** The windows of rates must hold their smallest sample at the rate of the load, however fast time goes. */
const SHORTEST_WINDOW_MS = 2_000;
const SHORTEST_INTERVAL_MS = 50;

/** The presets, so many times as fast. What a machine waits for is divided; what a call may take is not. */
export function scaledConfig(timeScale: number): PartialRuntimeConfig {
  const { triggers, incident, sensing, modes } = defaultConfig;
  // What waits for the garbage collector (reliefSettleMs) is not divided: nobody makes that one faster.
  return {
    triggers: Object.fromEntries(
      Object.entries(triggers).map(([kind, definition]) => [
        kind,
        {
          ...definition,
          enterDwellMs: definition.enterDwellMs / timeScale,
          leaveDwellMs: definition.leaveDwellMs / timeScale,
        },
      ]),
    ),
    sensing: {
      intervalMs: Math.max(SHORTEST_INTERVAL_MS, sensing.intervalMs / timeScale),
      windowMs: Math.max(SHORTEST_WINDOW_MS, sensing.windowMs / timeScale),
      slowOperationMs: sensing.slowOperationMs / timeScale,
    },
    modes: { restoreStepMs: modes.restoreStepMs / timeScale },
    incident: {
      cooldownMs: incident.cooldownMs / timeScale,
      verifyMarginMs: incident.verifyMarginMs / timeScale,
      pageAfterOutageMs: incident.pageAfterOutageMs / timeScale,
      pageAfterMs: incident.pageAfterMs / timeScale,
      pageAnswerMs: incident.pageAnswerMs / timeScale,
      pagePauseMs: incident.pagePauseMs / timeScale,
    },
  };
}

/** What the time scale means, in one line. */
export const inWords = (timeScale: number): string =>
  timeScale === 1
    ? "time scale 1: everything takes as long as in production"
    : `time scale ${timeScale}: divided by it are ${SCALED}; ${UNSCALED}`;
