import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Alert } from "../alerts/alert.ts";
import type { StoredTransition } from "../storage/reads/list-transitions.ts";
import { causeChain, storedCause } from "./cause-chain.ts";
import type { ExplainedStep, Explanation } from "./explanation.ts";
import { rendered } from "./render-explanation.ts";
import { dayOf, stateOfBreaker, timeOfDay } from "./wording.ts";

/** One change of one machine: from where to where, at which event, and what led to it. */
export function explainTransition({ id, at, machine, from, to, event, cause }: StoredTransition): Explanation {
  const step: ExplainedStep = {
    at,
    step: to,
    what: `from ${from}, at ${event}`,
    causes: causeChain(storedCause(cause)),
  };
  return rendered({
    target: `transition:${id}`,
    kind: "transition",
    title: `${machine} went from ${from} to ${to}`,
    steps: [step],
  });
}

/** What an alert is about, and what persons did to it. */
export function explainAlert(alert: Alert): Explanation {
  const { id, key, severity, what, openedAt, lastSeenAt, occurrences, acknowledged, resolved, cause } = alert;
  const steps: ExplainedStep[] = [
    {
      at: openedAt,
      step: "opened",
      what: occurrences === 1 ? what : "",
      causes: occurrences === 1 ? causeChain(cause) : [],
    },
  ];
  if (occurrences > 1)
    steps.push({
      at: lastSeenAt,
      step: "repeated",
      what: `${occurrences} times by now: ${what}`,
      causes: causeChain(cause),
    });
  if (acknowledged !== undefined)
    steps.push({
      at: acknowledged.at,
      step: "acknowledged",
      what: `by ${acknowledged.by}: ${acknowledged.reason}`,
      causes: [],
    });
  if (resolved !== undefined)
    steps.push({ at: resolved.at, step: "resolved", what: `by ${resolved.by}: ${resolved.reason}`, causes: [] });
  return rendered({
    target: `alert:${id}`,
    kind: "alert",
    title: `${severity} alert ${key}`,
    steps: steps.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0)),
  });
}

/** What is in force now, and why: the pin, the modes, and the dependencies that are not called. */
export function explainNow(policy: AdmissionPolicy): Explanation {
  const { modes, pin, yielded = [], dependencies } = policy;
  const steps: ExplainedStep[] = [];
  if (pin !== undefined)
    steps.push({
      at: pin.since,
      step: pin.mode,
      what: `pinned by ${pin.owner} until ${dayOf(pin.until)} ${timeOfDay(pin.until)}: ${pin.reason}`,
      causes: [],
    });
  for (const { mode, dependency, step, since, cause } of pin === undefined ? modes : yielded) {
    const about = dependency === undefined ? "" : ` for ${dependency}`;
    const what = pin === undefined ? `${step}${about}` : `${step}${about}, were it not for the pin`;
    steps.push({ at: since, step: mode, what, causes: causeChain(cause) });
  }
  for (const [name, { state, decision, cause, nextProbeAt }] of Object.entries(dependencies)) {
    if (decision === "run") continue;
    const next = nextProbeAt === undefined ? "" : `; the next probe is at ${timeOfDay(nextProbeAt)}`;
    steps.push({
      step: name,
      what: `is ${stateOfBreaker(state)}: its operations ${decision}${next}`,
      causes: causeChain(cause),
    });
  }
  const inForce = pin?.mode ?? modes[0]?.mode ?? "normal";
  return rendered({ target: "now", kind: "now", title: `${inForce} is in force`, steps });
}
