import type { Contribution } from "../contracts/mode-events.ts";
import type { Mode } from "../contracts/modes.ts";
import { emergencySteps } from "./emergency.machine.ts";
import { memoryConstrainedSteps } from "./memory-constrained.machine.ts";
import { reducedPerformanceSteps } from "./reduced-performance.machine.ts";
import { selectiveProcessingSteps } from "./selective-processing.machine.ts";

/**
 * What a mode asks for when a person pins it: what it asks for in force. A local queue asks for nothing then, because a
 * breaker queues already; who pins it wants everything to wait, whatever the breakers say.
 */
export const pinnedContribution: Readonly<Record<Mode, Contribution>> = {
  normal: {},
  reduced_performance: reducedPerformanceSteps.in_force,
  local_queue: { byPriority: { critical: "queue", high: "queue", normal: "queue", low: "queue", deferred: "queue" } },
  memory_constrained: memoryConstrainedSteps.in_force,
  selective_processing: selectiveProcessingSteps.in_force,
  emergency_mode: emergencySteps.in_force,
};
