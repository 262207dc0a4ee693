import type { TriggerDefinition } from "../../machines/contracts/triggers.ts";
import type { WalkPlan } from "./walk.ts";

/* The walk of a trigger: values of every sort, at three moments, against thresholds that change. */

const AT = 1_000;
const cause = { actor: "sensor", what: "the plan says so" };

const patient: TriggerDefinition = { enter: 0.9, exit: 0.7, enterDwellMs: 1_000, leaveDwellMs: 1_000 };
const hasty: TriggerDefinition = { enter: 0.9, exit: 0.7, enterDwellMs: 0, leaveDwellMs: 0 };
const strict: TriggerDefinition = { ...patient, enter: 0.5, exit: 0.3 };
const lax: TriggerDefinition = { ...patient, enter: 0.99, exit: 0.98 };
const laxAndHasty: TriggerDefinition = { ...hasty, enter: 0.99, exit: 0.98 };

/** At once, in the middle of any dwell, and after all calm. */
const moments = [AT, AT + 1, AT + 500_000];

export const triggerPlan: WalkPlan = {
  inputs: [null, 8].map((dwellFactor) => ({
    given: { condition: { kind: "memory_exhaustion" }, definition: patient },
    at: AT,
    cause,
    predecessor:
      dwellFactor === null
        ? null
        : {
            type: "trigger.changed",
            at: AT,
            cause,
            trigger: "memory_exhaustion",
            condition: { kind: "memory_exhaustion" },
            state: "raised",
            since: AT,
            raised: true,
            raisedAt: AT,
            failed: false,
            value: 0.95,
            definition: patient,
            deadline: null,
            dwellFactor,
          },
  })),
  events: moments.flatMap((at) => [
    ...[0.95, 0.8, 0.1].map((value) => ({ type: "reading", at, cause, value })),
    { type: "reading.none", at, cause },
    { type: "sensor.failed", at, cause },
    ...[patient, hasty, strict, lax, laxAndHasty].map((definition) => ({
      type: "definition.changed",
      at,
      cause,
      definition,
    })),
    { type: "resume", at, cause, lostMs: 500 },
  ]),
  see: ({ context: { changed, raised, failed, seen, dwellFactor, dwellFrom, calmAt } }) => [
    changed?.enter,
    changed?.enterDwellMs,
    raised,
    failed,
    seen.value,
    seen.isFromBefore,
    dwellFactor,
    dwellFrom !== null,
    calmAt === null,
  ],
};
