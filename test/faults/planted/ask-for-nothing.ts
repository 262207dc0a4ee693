import * as real from "../../../machines/modes/mode-kit.ts";

export * from "../../../machines/modes/mode-kit.ts";

/** A mode is in force, says so everywhere, and changes nothing. */
export const modeChanged: typeof real.modeChanged = (...told) => {
  const changed = real.modeChanged(...told);
  return changed.mode === "memory_constrained" ? { ...changed, contribution: {} } : changed;
};
