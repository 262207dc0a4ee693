import type { Runtime } from "holdfast";
import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 20;

/**
 * Waits until every dependency has answered its first probe, well or badly, but not longer than `withinMs`: what is
 * said about it from then on is no longer "not known yet".
 */
export async function firstAnswer(runtime: Runtime, withinMs: number): Promise<void> {
  const lastLookMs = performance.now() + withinMs;
  while (runtime.phase === "running" && isProbing(runtime) && performance.now() < lastLookMs)
    await pause(LOOK_EVERY_MS);
}

const isProbing = (runtime: Runtime): boolean =>
  Object.values(runtime.status().control.policy.dependencies).some(({ state }) => state === "probing");
