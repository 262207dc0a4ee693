import * as real from "../../../config/presets.ts";

export * from "../../../config/presets.ts";

/** A pin ends without having said before that it will. */
export const configure: typeof real.configure = (changes, base) =>
  real.configure({ ...changes, pin: { ...changes?.pin, warnBeforeMs: 0 } }, base);
