import type { OpenControlPlane } from "../../src/control/create-control-plane.ts";
import { stateName } from "../../src/control/recorder.ts";

/* What must hold between a breaker, its drain, its local queue and the policy whenever a cascade is over. */

export function judgeOutages(
  plane: OpenControlPlane,
  dependencies: readonly string[],
  must: (holds: boolean, otherwise: string) => void,
): void {
  for (const name of dependencies) {
    const admission = plane.policy.dependencies[name];
    const breaker = plane.actor(`breaker:${name}`);
    const state = breaker === undefined ? "ownerless" : stateName(breaker.getSnapshot().value).split(".")[0];
    const runs = state === "closed" || state === "disabled";
    must(admission?.state === state, `the policy says that ${name} is ${admission?.state}, but it is ${state}`);
    must(
      admission?.decision === (runs ? "run" : "queue"),
      `${name} is ${state}, and the policy says ${admission?.decision}`,
    );
    if (breaker !== undefined)
      must(
        admission?.generation === breaker.getSnapshot().context.generation,
        `${name}: the policy has another generation than the breaker`,
      );
    const queue = plane.actor(`local_queue:${name}`)?.getSnapshot().value;
    const lost = state === "open" || state === "misconfigured" || state === "forced_open";
    if (lost && queue !== undefined) must(queue === "queueing", `${name} is ${state}, but its local queue is ${queue}`);
    must(
      (admission?.backlogShare ?? 0) === 0 || queue === undefined || queue === "draining",
      `${name} keeps a share for a backlog while ${queue}`,
    );
    const drain = plane.actor(`drain:${name}`)?.getSnapshot().value;
    if (drain !== undefined && breaker !== undefined)
      must(runs || drain === "filling", `${name} is ${state}, but its drain is ${drain}`);
  }
}
