import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { ModeInForce } from "../../machines/contracts/modes.ts";
import type { Pin } from "../../machines/contracts/pin-events.ts";
import type { ControlTime } from "./control-time.ts";

/**
 * The policy in wall time, which is the machines' own time unless somebody corrected the wall clock since the start:
 * then "retry after" must be counted from the clock that callers see.
 */
export const wallPolicy = (policy: AdmissionPolicy, time: ControlTime): AdmissionPolicy => {
  const { now, wall } = time;
  const at = now();
  if (wall(at) === at) return policy;
  const inWallTime = (modes: readonly ModeInForce[]) =>
    Object.freeze(modes.map((mode) => Object.freeze({ ...mode, since: wall(mode.since) })));
  return Object.freeze({
    ...policy,
    modes: inWallTime(policy.modes),
    ...(policy.pin === undefined ? {} : { pin: Object.freeze(wallPin(policy.pin, time)) }),
    ...(policy.yielded === undefined ? {} : { yielded: inWallTime(policy.yielded) }),
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

export const wallPin = (pin: Pin, { wall }: ControlTime): Pin => ({
  ...pin,
  since: wall(pin.since),
  until: wall(pin.until),
});
