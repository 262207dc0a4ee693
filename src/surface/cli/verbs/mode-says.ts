import type { Mode } from "../../../../machines/contracts/modes.ts";

/** What a mode in force means for who submits. A pin puts it in force whole, for every dependency and priority. */
export const MODE_SAYS: Readonly<Record<Mode, string>> = {
  normal: "everything runs, whatever the triggers say; an open breaker still queues",
  reduced_performance: "attempts may take twice as long, half as many at once, deferred waits",
  local_queue: "everything is queued on disk",
  memory_constrained: "one by one, half as many at once, low and deferred wait",
  selective_processing: "critical and high run, the rest waits",
  emergency_mode: "critical runs, high and normal wait, low and deferred are refused with Retry-After",
};
