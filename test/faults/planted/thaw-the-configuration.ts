import * as real from "../../../config/presets.ts";

export * from "../../../config/presets.ts";

/** Whoever gets the configuration can change it under everybody else. */
export const configure: typeof real.configure = (...parameters) => structuredClone(real.configure(...parameters));
