import * as real from "../../../machines/modes/mode-kit.ts";

export * from "../../../machines/modes/mode-kit.ts";

/** On its way back a mode gives everything back with the first step. */
export const modeChanged: typeof real.modeChanged = (...told) => {
  const changed = real.modeChanged(...told);
  return changed.step === "in_force" ? changed : { ...changed, contribution: {} };
};
