import type { PartialRuntimeConfig } from "holdfast";
import type { ServiceSettings } from "./messages.ts";
import type { Scenario } from "./scenario.ts";
import { ANSWER_WITHIN_MS, ATTEMPT_TIMEOUT_MS } from "./service-times.ts";
import { scaledConfig } from "./time-scale.ts";

/** The presets on the scenario's time scale, and what the team that runs this service has set. */
export function serviceConfig(
  { timeScale, narrowness }: Pick<ServiceSettings, "timeScale" | "narrowness">,
  { config = {} }: Scenario,
): PartialRuntimeConfig {
  const scaled = scaledConfig(timeScale);
  return {
    ...scaled,
    operations: { answerWithinMs: ANSWER_WITHIN_MS, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS },
    // The longest pause between probes would only make a scenario longer.
    breaker: { maximumBreakMs: 2_000, ...config.breaker },
    // More calls than the graph has connections would wait in its line, where nobody asks how urgent they are.
    concurrency: { limit: narrowness.slots },
    sensing: { ...scaled.sensing, ...config.sensing },
  };
}
