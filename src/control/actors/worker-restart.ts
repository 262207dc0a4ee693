import { fromPromise } from "xstate";
import type { ActionOutcome } from "../../../machines/contracts/recovery-events.ts";
import type { ActionResult } from "../../dependencies/health.ts";
import type { ControlPorts } from "../control-plane.ts";
import type { ControlTime } from "../control-time.ts";
import { within } from "./within.ts";

const cannot = (): Promise<ActionResult> => Promise.resolve({ ok: false, detail: "this worker cannot be restarted" });

/** Stops what is left of the storage thread and starts a new one. Whatever happens is an outcome. */
export const restartWorkerActor = (ports: ControlPorts, time: ControlTime) =>
  acting(ports, time, "the restart", ports.restartWorker ?? cannot);

/** Has the new thread do what the old one did. */
export const verifyWorkerActor = (ports: ControlPorts, time: ControlTime) =>
  acting(ports, time, "the verification", ports.verifyWorker ?? cannot);

const acting = ({ clock, config }: ControlPorts, time: ControlTime, what: string, act: () => Promise<ActionResult>) =>
  fromPromise<ActionOutcome, undefined>(async ({ signal }) => {
    const { restartTimeoutMs } = config.incident;
    const { ok, detail } = await within<ActionResult>(clock, restartTimeoutMs, signal, act, (because) => ({
      ok: false,
      detail: because === "timeout" ? `${what} was not done within ${restartTimeoutMs} ms` : `${what} threw`,
    }));
    return { at: time.now(), ok, detail };
  });
