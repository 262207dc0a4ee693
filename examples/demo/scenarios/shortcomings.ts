import { holds } from "./advantage.ts";
import type { ArmFigures, ScenarioResult } from "./report.ts";
import type { Scenario } from "./scenario.ts";

/** What keeps a run from showing what its scenario is to show, one line each; empty when it does. */
export function shortcomings(scenario: Scenario, { figures, ours, findings }: ScenarioResult): readonly string[] {
  const { lost, doubled, outOfOrder, unexpected, restarts } = ours;
  return [
    ...Object.entries({ lost, doubled, outOfOrder, unexpected, restarts }).flatMap(([name, value]) =>
      value === 0 ? [] : [`${name} is ${value}, and must be 0.`],
    ),
    ...findings.examples,
    ...scenario.expectedModes.flatMap((mode) => {
      const steps = figures.transitions.filter((step) => step.mode === mode);
      if (steps.length === 0) return [`${mode} was expected, and never came into force.`];
      return steps.at(-1)?.to === "dormant" ? [] : [`${mode} came into force, and did not go.`];
    }),
    ...(findings.stillInForce === "" ? [] : [`not normal in the end: ${findings.stillInForce}.`]),
    ...(figures.control === null ? [] : disadvantages(scenario, ours, figures.control)),
  ];
}

function disadvantages({ advantages }: Scenario, ours: ArmFigures, control: ArmFigures): readonly string[] {
  return advantages
    .filter((advantage) => !holds(advantage, ours, control))
    .map(
      ({ what, better, unit, measure }) =>
        `${what}: ${rounded(measure(ours))} ${unit} with Holdfast and ${rounded(measure(control))} ${unit} without; it should be ${better}.`,
    );
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
