import { fromPromise } from "xstate";
import type { MemoryMeasured, Relieved } from "../../../machines/recovery/memory-relief.machine.ts";
import type { Relief } from "../../memory-pressure.ts";
import type { ControlPorts } from "../control-plane.ts";
import type { ControlTime } from "../control-time.ts";
import { within } from "./within.ts";

/** A measurement takes no time worth waiting for; one that hangs is none. */
const MEASURE_WITHIN_MS = 5_000;

const measured = ({ clock, measureMemory }: ControlPorts, signal: AbortSignal): Promise<number | null> =>
  measureMemory === undefined
    ? Promise.resolve(null)
    : within<number | null>(
        clock,
        MEASURE_WITHIN_MS,
        signal,
        () => measureMemory(),
        () => null,
      ).then((usage) => (Number.isFinite(usage) ? usage : null));

/** Measures, and asks the embedding service to free what it can. Whatever happens is an outcome. */
export const relieveActor = (ports: ControlPorts, time: ControlTime) =>
  fromPromise<Relieved, undefined>(async ({ signal }) => {
    const { clock, config, relieveMemory } = ports;
    if (relieveMemory === undefined)
      return { at: time.now(), ok: false, tried: false, detail: "nothing to relieve", before: null };
    const before = await measured(ports, signal);
    const { reliefTimeoutMs } = config.incident;
    const relief = await within<Relief>(
      clock,
      reliefTimeoutMs,
      signal,
      () => relieveMemory(),
      (because) => ({
        ok: false,
        tried: false,
        detail: because === "timeout" ? `not done within ${reliefTimeoutMs} ms` : "the relief threw",
      }),
    );
    return { at: time.now(), ...relief, tried: relief.ok || relief.tried, before };
  });

/** Measures what is in use now. */
export const measureActor = (ports: ControlPorts, time: ControlTime) =>
  fromPromise<MemoryMeasured, undefined>(async ({ signal }) => {
    const usage = await measured(ports, signal);
    return { at: time.now(), usage };
  });
