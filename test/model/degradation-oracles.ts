import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { MODES } from "../../machines/contracts/modes.ts";
import type { OpenControlPlane } from "../../src/control/create-control-plane.ts";
import { stateName } from "../../src/control/recorder.ts";

/*
 * What must hold between triggers, breakers, modes, pin and policy whenever a cascade is over. Written down by hand
 * from what the modes promise, with none of the code that the machines or the merge are made of.
 */

type Must = (holds: boolean, otherwise: string) => void;

/** Per priority (critical, high, normal, low, deferred: r, q or x for run, queue, refuse), and the three factors. */
type Promised = readonly [priorities: string, concurrency: number, batch: number, timeout: number];

const NOTHING: Promised = ["rrrrr", 1, 1, 1];

const PROMISES: Readonly<Record<string, Promised>> = {
  "reduced_performance in_force": ["rrrrq", 0.5, 1, 2],
  "reduced_performance restoring.concurrency": ["rrrrq", 0.75, 1, 1.5],
  "reduced_performance restoring.deferred": ["rrrrq", 1, 1, 1],
  "memory_constrained in_force": ["rrrqq", 0.5, 0, 1],
  "memory_constrained restoring.concurrency": ["rrrqq", 0.75, 0.5, 1],
  "memory_constrained restoring.low": ["rrrrq", 1, 1, 1],
  "selective_processing in_force": ["rrqqq", 1, 1, 1],
  "selective_processing readmitting.normal": ["rrrqq", 1, 1, 1],
  "selective_processing readmitting.low": ["rrrrq", 1, 1, 1],
  "emergency_mode in_force": ["rqqxx", 1, 1, 1],
  "emergency_mode stepping_down": ["rrqqq", 1, 1, 1],
  "local_queue pinned": ["qqqqq", 1, 1, 1],
  "normal pinned": NOTHING,
};

/** Which troubles hold which mode in force. A dependency is one trouble, however many are lost or flap. */
const HELD_BY: Readonly<Record<string, readonly string[]>> = {
  reduced_performance: ["processing_timeout", "event_loop_overload", "connection_failures"],
  memory_constrained: ["memory_exhaustion"],
  selective_processing: ["high_error_rate", "queue_overflow"],
};

const SERVICE_MODES = [...Object.keys(HELD_BY), "emergency_mode"];

const LETTERS = { r: "run", q: "queue", x: "refuse" } as const;
const PRIORITIES = ["critical", "high", "normal", "low", "deferred"] as const;

const says = ({ byPriority }: AdmissionPolicy): string =>
  PRIORITIES.map((priority) => Object.entries(LETTERS).find(([, word]) => word === byPriority[priority])?.[0]).join("");

const gravest = (letters: readonly string[]): string =>
  letters.includes("x") ? "x" : letters.includes("q") ? "q" : "r";

const together = (promises: readonly Promised[]): Promised => [
  [0, 1, 2, 3, 4].map((index) => gravest(promises.map(([letters]) => letters[index] ?? "r"))).join(""),
  Math.min(1, ...promises.map((promise) => promise[1])),
  Math.min(1, ...promises.map((promise) => promise[2])),
  Math.max(1, ...promises.map((promise) => promise[3])),
];

const stateOf = (plane: OpenControlPlane, id: string): string | undefined => {
  const snapshot = plane.actor(id)?.getSnapshot();
  return snapshot?.status === "active" ? stateName(snapshot.value) : undefined;
};

export function judgeDegradation(
  plane: OpenControlPlane,
  dependencies: readonly string[],
  triggers: readonly string[],
  must: Must,
): void {
  const { policy } = plane;
  const owners = [...triggers.map((each) => `trigger:${each}`), ...dependencies.map((each) => `breaker:${each}`)];
  const everyoneSpeaks = owners.every((id) => stateOf(plane, id) !== undefined);
  const raised = owners.filter((id) => {
    const context = stateOf(plane, id) === undefined ? undefined : plane.actor(id)?.getSnapshot().context;
    return context?.raised === true || context?.alarmed === true;
  });
  const kinds = new Set(raised.map((id) => id.split(":")[id.startsWith("breaker:") ? 0 : 1]));
  const troubles = new Set([...kinds].map((kind) => (kind === "connection_failures" ? "breaker" : kind)));

  for (const mode of SERVICE_MODES) {
    const step = stateOf(plane, mode);
    if (step === undefined) continue;
    const held = mode === "emergency_mode" ? troubles.size >= 3 : HELD_BY[mode]?.some((kind) => kinds.has(kind));
    if (held === true) must(step === "in_force", `${[...kinds].join()} are raised, but ${mode} is ${step}`);
    else if (everyoneSpeaks)
      must(step !== "in_force", `only ${[...kinds].join() || "nothing"} is raised, but ${mode} is in force`);
  }

  const pin = stateOf(plane, "pin");
  if (pin !== undefined) must((pin !== "free") === (policy.pin !== undefined), `the pin is ${pin}, the policy not`);
  if (policy.pin === undefined) {
    const steps = SERVICE_MODES.map((mode) => [mode, stateOf(plane, mode)] as const);
    const promised = together(
      steps.flatMap(([mode, step]) => {
        if (step === undefined || step === "dormant") return [];
        const own = PROMISES[`${mode} ${step}`];
        must(own !== undefined, `nothing is promised for ${mode} ${step}`);
        return own === undefined ? [] : [own];
      }),
    );
    // What a mode asked for that has fallen stays in the policy until its successor speaks.
    if (steps.every(([, step]) => step !== undefined)) mustSay(policy, promised, "the modes in force ask", must);
    must(policy.yielded === undefined, "modes have yielded to no pin");
  } else {
    const { mode } = policy.pin;
    const promised = PROMISES[`${mode} in_force`] ?? PROMISES[`${mode} pinned`] ?? NOTHING;
    mustSay(policy, promised, `the pin on ${mode} asks`, must);
    must(
      policy.modes.length === 1 && policy.modes[0]?.mode === mode && policy.modes[0]?.step === "pinned",
      `${mode} is pinned, but ${policy.modes.map((each) => each.mode).join()} are in force`,
    );
    must(
      (policy.yielded ?? []).every((each) => each.step !== "pinned"),
      "a pin yielded to itself",
    );
  }
  const ranks = policy.modes.map(({ mode }) => MODES.indexOf(mode));
  must(ranks.toSorted((a, b) => b - a).join() === ranks.join(), "the gravest mode is not named first");
}

function mustSay(policy: AdmissionPolicy, promised: Promised, who: string, must: Must): void {
  const said: Promised = [says(policy), policy.concurrencyFactor, policy.batchFactor, policy.attemptTimeoutFactor];
  must(said.join(" ") === promised.join(" "), `${who} for ${promised.join(" ")}, the policy says ${said.join(" ")}`);
  must((policy.priorityCause === undefined) === (says(policy) === "rrrrr"), "what does not run has no cause");
}
