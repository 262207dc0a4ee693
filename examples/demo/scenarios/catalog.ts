import { errorStorm } from "./error-storm.ts";
import { everything } from "./everything.ts";
import { flapping } from "./flapping.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { neo4jOutage } from "./neo4j-outage.ts";
import { overload } from "./overload.ts";
import type { Scenario } from "./scenario.ts";
import { slowNeo4j } from "./slow-neo4j.ts";

/** All there are, in the order in which they are listed. */
export const SCENARIOS: readonly Scenario[] = [
  neo4jOutage,
  slowNeo4j,
  memoryPressure,
  errorStorm,
  overload,
  flapping,
  everything,
];

/** @throws RangeError with the list of those there are. */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario !== undefined) return scenario;
  throw new RangeError(
    `There is no scenario ${JSON.stringify(name)}; there are: ${SCENARIOS.map((one) => one.name).join(", ")}.`,
  );
}
