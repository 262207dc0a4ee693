import { fromPromise } from "xstate";
import type { ActionOutcome } from "../../../machines/contracts/recovery-events.ts";
import type { ActionResult } from "../../dependencies/health.ts";
import type { ControlledDependency, ControlPorts } from "../control-plane.ts";
import type { ControlTime } from "../control-time.ts";
import { within } from "./within.ts";

/**
 * Throws a dependency's connections away and builds them anew. Whatever happens is an outcome. Two incidents may want
 * it of one dependency, which is lost and flaps: they share a rebuild that is under way.
 */
export const rebuildActor = (
  { clock, config }: ControlPorts,
  time: ControlTime,
  dependencyOf: (name: string) => ControlledDependency,
) => {
  const underWay = new Map<string, Promise<ActionResult>>();
  const rebuild = (name: string): Promise<ActionResult> => {
    const present = underWay.get(name);
    if (present !== undefined) return present;
    const begun = dependencyOf(name).reconnect();
    const forget = () => {
      if (underWay.get(name) === begun) underWay.delete(name);
    };
    underWay.set(name, begun);
    begun.then(forget, forget);
    return begun;
  };
  return fromPromise<ActionOutcome, { dependency: string }>(async ({ input, signal }) => {
    const { reconnectTimeoutMs } = config.incident;
    const result = await within<ActionResult>(
      clock,
      reconnectTimeoutMs,
      signal,
      () => rebuild(input.dependency),
      (because) => {
        // One that hangs must not be shared by those who try again.
        underWay.delete(input.dependency);
        return {
          ok: false,
          detail: because === "timeout" ? `not done within ${reconnectTimeoutMs} ms` : "the reconnect threw",
        };
      },
    );
    return { at: time.now(), ok: result.ok, detail: result.detail };
  });
};
