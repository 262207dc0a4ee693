import type { ScenarioOptions } from "../options.ts";
import { scenarioNamed } from "./catalog.ts";
import type { ScenarioResult } from "./report.ts";
import { directScenario } from "./scenario-director.ts";
import { ScenarioProgress } from "./scenario-progress.ts";
import { heading, toTable } from "./scenario-table.ts";
import { shortcomings } from "./shortcomings.ts";

/** What `npm run demo -- --scenario NAME` does. Resolves to whether the scenario showed what it is to show. */
export async function playScenario(options: ScenarioOptions, signal: AbortSignal): Promise<boolean> {
  const scenario = scenarioNamed(options.scenario);
  process.stderr.write(`${heading(scenario, options.timeScale)}\n\n`);
  let result: ScenarioResult;
  {
    using progress = new ScenarioProgress();
    result = await directScenario({ ...options, scenario }, progress, signal);
  }
  const isOneScreen = process.stdout.isTTY && process.stderr.isTTY;
  process.stdout.write(options.json ? `${JSON.stringify(result.figures)}\n` : toTable(scenario, result, !isOneScreen));
  const wrong = shortcomings(scenario, result);
  for (const line of wrong) process.stderr.write(`  ${line}\n`);
  if (wrong.length === 0 && !options.json) process.stdout.write(`\n  ${scenario.shows}.\n`);
  return wrong.length === 0;
}
