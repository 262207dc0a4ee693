import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { ControlTime } from "./control-time.ts";

/**
 * The policy in wall time, which is the machines' own time unless somebody corrected the wall clock since the start:
 * then "retry after" must be counted from the clock that callers see.
 */
export const wallPolicy = (policy: AdmissionPolicy, { now, wall }: ControlTime): AdmissionPolicy => {
  const at = now();
  if (wall(at) === at) return policy;
  return Object.freeze({
    ...policy,
    modes: Object.freeze(policy.modes.map((mode) => Object.freeze({ ...mode, since: wall(mode.since) }))),
    dependencies: Object.freeze(
      Object.fromEntries(
        Object.entries(policy.dependencies).map(([name, admission]) => [
          name,
          Object.freeze(
            admission.nextProbeAt === undefined
              ? admission
              : { ...admission, nextProbeAt: wall(admission.nextProbeAt) },
          ),
        ]),
      ),
    ),
  });
};
