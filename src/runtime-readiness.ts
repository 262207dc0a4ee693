import type { Mode } from "../machines/contracts/modes.ts";
import type { RuntimeStatus } from "./runtime-status.ts";

export interface Readiness {
  /** Whether it takes work: degraded is ready, since what is accepted is not lost. */
  readonly ready: boolean;
  readonly status: "ready" | "degraded" | "starting" | "stopping" | "storage_lost";
  /** The modes in force, most severe first. */
  readonly modes: readonly Mode[];
}

/** Whether work may be sent here. */
export function readinessOf({ phase, control }: Pick<RuntimeStatus, "phase" | "control">): Readiness {
  if (phase === "opened") return { ready: false, status: "starting", modes: [] };
  if (phase === "storage_lost") return { ready: false, status: "storage_lost", modes: [] };
  if (phase !== "running") return { ready: false, status: "stopping", modes: [] };
  const modes = [...new Set(control.policy.modes.map(({ mode }) => mode))];
  return { ready: true, status: modes.some((mode) => mode !== "normal") ? "degraded" : "ready", modes };
}
