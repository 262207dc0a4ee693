import { fromPromise } from "xstate";
import type { ActionOutcome } from "../../../machines/contracts/recovery-events.ts";
import type { ActionResult } from "../../dependencies/health.ts";
import type { ControlledDependency, ControlPorts } from "../control-plane.ts";
import type { ControlTime } from "../control-time.ts";
import { within } from "./within.ts";

/** Throws a dependency's connections away and builds them anew. Whatever happens is an outcome. */
export const rebuildActor = (
  { clock, config }: ControlPorts,
  time: ControlTime,
  dependencyOf: (name: string) => ControlledDependency,
) =>
  fromPromise<ActionOutcome, { dependency: string }>(async ({ input, signal }) => {
    const { reconnectTimeoutMs } = config.incident;
    const dependency = dependencyOf(input.dependency);
    const result = await within<ActionResult>(
      clock,
      reconnectTimeoutMs,
      signal,
      () => dependency.reconnect(),
      (because) => ({
        ok: false,
        detail: because === "timeout" ? `not done within ${reconnectTimeoutMs} ms` : "the reconnect threw",
      }),
    );
    return { at: time.now(), ok: result.ok, detail: result.detail };
  });
