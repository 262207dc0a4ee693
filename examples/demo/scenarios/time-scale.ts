import { defaultConfig, type PartialRuntimeConfig } from "holdfast";

/** Of what a scenario's figures are made: one time scale for all of them, so that no dwell outruns another. */
const SCALED = "dwells of triggers, and the cooldown of incidents";
const UNSCALED = "breakers, attempt and answer times, and the load's rate are as they are";

/** The presets, so many times as fast. What a machine waits for is divided; what a call may take is not. */
export function scaledConfig(timeScale: number): PartialRuntimeConfig {
  const { triggers, incident } = defaultConfig;
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
    incident: { cooldownMs: incident.cooldownMs / timeScale },
  };
}

/** What the time scale means, in one line. */
export const inWords = (timeScale: number): string =>
  timeScale === 1
    ? "time scale 1: everything takes as long as in production"
    : `time scale ${timeScale}: divided by it are ${SCALED}; ${UNSCALED}`;
