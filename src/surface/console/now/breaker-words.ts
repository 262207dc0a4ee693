import type { DependencyStatus } from "../data/wire.ts";
import type { Tone } from "../parts/tone.ts";

const TONES: Readonly<Record<DependencyStatus["state"], Tone>> = {
  closed: "good",
  probing: "busy",
  open: "bad",
  forced_open: "bad",
  misconfigured: "bad",
  disabled: "warn",
  ownerless: "warn",
};

export const breakerTone = (state: DependencyStatus["state"]): Tone => TONES[state];

/** What the state means for whoever calls. */
export const BREAKER_MEANS: Readonly<Record<DependencyStatus["state"], string>> = {
  closed: "calls go through",
  probing: "it is being asked whether it is there",
  open: "nothing calls it; it is probed",
  forced_open: "a person holds it open",
  misconfigured: "a person must correct its settings",
  disabled: "it is called whatever fails",
  ownerless: "its actor is being restarted",
};
