import { fromPromise } from "xstate";
import type { ProbeOutcome } from "../../../machines/contracts/breaker-events.ts";
import type { ProbeResult } from "../../dependencies/health.ts";
import type { ControlledDependency, ControlPorts } from "../control-plane.ts";
import type { ControlTime } from "../control-time.ts";
import { within } from "./within.ts";

/** A probe ends by its own timeout; one that does not is given up a little later, so that its own word comes first. */
const GRACE = 1.25;

/** Asks a dependency whether it does what operations need. Whatever happens is an outcome. */
export const probeActor = (
  { clock, random }: ControlPorts,
  time: ControlTime,
  dependencyOf: (name: string) => ControlledDependency,
) =>
  fromPromise<ProbeOutcome, { dependency: string }>(async ({ input, signal }) => {
    const dependency = dependencyOf(input.dependency);
    const timeoutMs = Math.ceil(dependency.breaker.probeTimeoutMs * GRACE);
    const result = await within<ProbeResult>(clock, timeoutMs, signal, () => dependency.probe(), failed);
    const at = time.now();
    return result.ok ? { ok: true, at, tookMs: result.tookMs } : { ...result, at, draw: random.next() };
  });

const failed = (because: "timeout" | "rejected"): ProbeResult => ({
  ok: false,
  code: because === "timeout" ? "probe_timeout" : "probe_threw",
  message: because === "timeout" ? "the probe did not end" : "the probe threw something that was not classified",
  misconfigured: false,
  reconnect: false,
});
