import type { Mode } from "../../machines/contracts/modes.ts";
import type { WalkPlan } from "./walk.ts";

/* The walk of the pin: set, replaced and released by persons who know what is held, and by such who do not. */

const AT = 1_000;
const told = { at: AT, cause: { actor: "person:anna", what: "the plan says so" } };

const set = (mode: Mode, expected: number | null) => ({
  type: "pin.set",
  ...told,
  mode,
  owner: "anna",
  reason: "a plan",
  until: AT + 120_000,
  expected,
});

const held = { mode: "emergency_mode", owner: "anna", reason: "a plan", since: AT, until: AT + 120_000, revision: 7 };

export const pinPlan: WalkPlan = {
  inputs: [
    { given: { warnBeforeMs: 60_000 }, ...told, predecessor: null },
    {
      given: { warnBeforeMs: 60_000 },
      ...told,
      predecessor: { type: "pin.changed", ...told, state: "held", since: AT, pin: held, revision: 7 },
    },
  ],
  events: ({ context: { pin } }) => [
    set("reduced_performance", pin?.revision ?? null),
    set("reduced_performance", (pin?.revision ?? 0) + 1),
    ...(pin === null ? [] : [set("normal", null), { type: "pin.release", ...told, expected: pin.revision }]),
    { type: "pin.release", ...told, expected: (pin?.revision ?? 0) + 1 },
    { type: "resume", ...told, lostMs: 500 },
    { type: "resume", ...told, at: AT + 500_000, lostMs: 500_000 },
  ],
  see: ({ context: { pin } }) => pin === null,
};
