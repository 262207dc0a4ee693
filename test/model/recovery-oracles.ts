import type { OpenControlPlane } from "../../src/control/create-control-plane.ts";
import { stateName } from "../../src/control/recorder.ts";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";

/* What must hold between those who raise conditions and the incidents that answer, whenever a cascade is over. */

type Must = (holds: boolean, otherwise: string) => void;

/** How many remedies may fail before a person is called: written down by hand, with three attempts where they repeat. */
const RUNGS: Readonly<Record<string, number>> = {
  dependency_unavailable: 3,
  connection_failures: 2,
  memory_exhaustion: 2,
  storage_unavailable: 3,
};

/** Every incident, and who raises its condition. */
const ownersOf = (dependencies: readonly string[]): readonly (readonly [condition: string, owner: string])[] => [
  ...SERVICE_CONDITION_KINDS.map((kind) => [kind, `trigger:${kind}`] as const),
  ...dependencies.flatMap((name) => [
    [`dependency_unavailable:${name}`, `breaker:${name}`] as const,
    [`connection_failures:${name}`, `trigger:connection_failures:${name}`] as const,
  ]),
];

export function judgeRecovery(plane: OpenControlPlane, dependencies: readonly string[], must: Must): void {
  for (const [condition, owner] of ownersOf(dependencies)) {
    const incident = plane.actor(`incident:${condition}`)?.getSnapshot();
    if (incident?.status !== "active") continue;
    const state = stateName(incident.value);
    const { attempts, remedies } = incident.context;
    const raisedBy = plane.actor(owner)?.getSnapshot().context;
    if (raisedBy !== undefined) {
      const raised = raisedBy.raised === true || raisedBy.alarmed === true;
      if (state === "quiet") must(!raised, `${condition} is raised, and its incident is quiet`);
      else if (state !== "cooling_down") must(raised, `${condition} is not raised, and its incident is ${state}`);
    }
    must(attempts <= (RUNGS[condition.split(":")[0] ?? ""] ?? 0), `${condition}: ${attempts} remedies failed`);
    const children = Object.keys(incident.children).join();
    const expected = state.startsWith("attempting.") ? "remedy" : "page";
    if (expected === "remedy" || state === "paged")
      must(
        children === expected || (state === "paged" && children === ""),
        `${condition} is ${state} with ${children}`,
      );
    else must(children === "", `${condition} is ${state}, and ${children} is still at work`);
    must(
      state.startsWith("attempting.") === (remedies.at(-1)?.result === "at_work"),
      `${condition} is ${state}, and its last remedy is ${remedies.at(-1)?.result}`,
    );
    must(remedies.length <= 10, `${condition} keeps ${remedies.length} remedies`);
  }
}

/** A remedy begins only while persons let incidents try them. */
export function judgeBeginning(plane: OpenControlPlane, machine: string, to: string, must: Must): void {
  if (!machine.startsWith("incident:") || !to.startsWith("attempting.")) return;
  const autoRecovery = plane.actor("auto_recovery")?.getSnapshot().value;
  must(autoRecovery !== "disabled", `${machine} is ${to} although auto recovery is off`);
}
