import type { ExplainedCause, ExplainedStep, Explanation } from "./explanation.ts";
import { dayOf, timeOfDay } from "./wording.ts";

const NO_TIME = " ".repeat("14:03:07.114".length);

/** The text of an explanation: its title, then a line per step, and under each why it is so. */
export function renderLines({ title, steps }: Pick<Explanation, "title" | "steps">): string[] {
  const width = Math.max(0, ...steps.map(({ step }) => step.length));
  const days = new Set(steps.flatMap(({ at }) => (at === undefined ? [] : [dayOf(at)])));
  const several = days.size > 1;
  const lines = [days.size === 1 ? `${title}  (${[...days][0]} UTC)` : title];
  let day: string | undefined;
  for (const step of steps) {
    if (several && step.at !== undefined && dayOf(step.at) !== day) {
      day = dayOf(step.at);
      lines.push(` ${day} UTC`);
    }
    lines.push(stepLine(step, width), ...step.causes.map((cause) => causeLine(cause, width)));
  }
  return lines;
}

/** With its lines. */
export const rendered = (explanation: Omit<Explanation, "lines">): Explanation => ({
  ...explanation,
  lines: renderLines(explanation),
});

const stepLine = ({ at, step, what }: ExplainedStep, width: number): string =>
  ` ${at === undefined ? NO_TIME : timeOfDay(at)}  ${step.padEnd(width)}  ${what}`.trimEnd();

const causeLine = ({ at, actor, what, happened }: ExplainedCause, width: number): string => {
  const when = at === undefined ? "" : ` ${timeOfDay(at)}`;
  return ` ${NO_TIME}  ${" ".repeat(width)}  ↳ ${happened ?? actor}${when}: ${what}`;
};
