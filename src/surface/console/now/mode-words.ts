import type { Mode } from "../../../../machines/contracts/modes.ts";
import type { Tone } from "../parts/tone.ts";

const TITLES: Readonly<Record<Mode, string>> = {
  normal: "normal",
  reduced_performance: "reduced performance",
  local_queue: "local queue",
  memory_constrained: "memory constrained",
  selective_processing: "selective processing",
  emergency_mode: "emergency mode",
};

export const modeTitle = (mode: Mode): string => TITLES[mode];

const TONES: Readonly<Record<Mode, Tone>> = {
  normal: "good",
  reduced_performance: "warn",
  local_queue: "warn",
  memory_constrained: "warn",
  selective_processing: "warn",
  emergency_mode: "bad",
};

export const modeTone = (mode: Mode): Tone => TONES[mode];
