import { PRIORITIES } from "holdfast";
import { inLines } from "../in-lines.ts";
import { holds } from "./advantage.ts";
import type { CallFigures } from "./call-figures.ts";
import { isReached } from "./goal.ts";
import { PHASES } from "./phase.ts";
import type { ArmFigures, PhaseFigures, ScenarioResult } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { inWords } from "./time-scale.ts";

/** Fits a terminal of the usual width, or nearly. */
const LINE_LENGTH = 100;
const INDENT = 2;
const NAME_WIDTH = 16;
const CELL_WIDTH = 11;
const WORD_WIDTH = 12;
/** Of many transitions, so many from the beginning and from the end are told. */
const FIRST_TRANSITIONS = 8;
const LAST_TRANSITIONS = 4;

interface Row {
  readonly name: string;
  readonly of: (figures: PhaseFigures) => string;
}

const count = (value: number): string => value.toLocaleString("en-US");
const milliseconds = (value: number): string =>
  value < 10
    ? `${value.toFixed(1)} ms`
    : value < 10_000
      ? `${count(Math.round(value))} ms`
      : `${(value / 1_000).toFixed(1)} s`;
const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${(Math.floor((1_000 * part) / whole) / 10).toFixed(1)} %`;

const COUNTS: readonly Row[] = [
  { name: "offered", of: ({ offered }) => count(offered) },
  { name: "completed", of: ({ completed }) => count(completed) },
  { name: "queued", of: ({ queued }) => count(queued) },
  { name: "refused", of: ({ refused }) => count(refused) },
  { name: "failed", of: ({ failed }) => count(failed) },
  { name: "in the graph", of: ({ inGraph, orders }) => percent(inGraph, orders) },
  { name: "goodput", of: ({ goodputPerSecond }) => `${goodputPerSecond.toFixed(1)} /s` },
];

const LATENCIES: readonly Row[] = PRIORITIES.flatMap((priority) =>
  (["p50", "p95", "p99"] as const).map(
    (level): Row => ({
      name: `${level === "p50" ? priority : ""}`.padEnd(NAME_WIDTH - 4) + level,
      of: ({ byPriority }) => latency(byPriority[priority], level),
    }),
  ),
);

const latency = ({ offered, latencyMs }: CallFigures, level: keyof CallFigures["latencyMs"]): string =>
  offered === 0 ? "–" : milliseconds(latencyMs[level]);

/**
 * The table at the end: a column per phase and arm, so that what was and what would have been stand side by side.
 *
 * @param headed false where the heading has been shown to the same reader before
 */
export function toTable(scenario: Scenario, result: ScenarioResult, headed = true): string {
  const { figures, ours } = result;
  const arms = figures.control === null ? [ours] : [ours, figures.control];
  const blocks = [
    ...(headed ? [heading(scenario, figures.timeScale)] : []),
    [...header(arms), ...rows(COUNTS, arms), "", ...rows(LATENCIES, arms)].join("\n"),
    transitionsOf(result),
    [...kept(arms), ...findingsOf(result)].join("\n"),
    ...(scenario.goals === undefined ? [] : [goalsOf(scenario, ours)]),
    ...(figures.control === null ? [] : [advantagesOf(scenario, ours, figures.control)]),
  ];
  return `\n${blocks
    .filter((block) => block !== "")
    .map((block) => indented(block))
    .join("\n\n")}\n`;
}

/** What happens to what, and how fast: shown before it begins as well. */
export function heading({ name, story, graph: { slots, serviceMs } }: Scenario, timeScale: number): string {
  const graph = `the graph takes ${slots} transactions at a time, each for ${serviceMs} ms and its commit`;
  return [`${name}: ${story}`, graph, inWords(timeScale)]
    .flatMap((sentence) => inLines(`${sentence}.`, LINE_LENGTH - INDENT))
    .join("\n");
}

function header(arms: readonly ArmFigures[]): readonly string[] {
  const width = CELL_WIDTH * arms.length;
  const phases = PHASES.map((phase) => phase.padStart(width)).join("");
  if (arms.length === 1) return [" ".repeat(NAME_WIDTH) + phases];
  const names = ["Holdfast", "control"].map((name) => name.padStart(CELL_WIDTH)).join("");
  return [" ".repeat(NAME_WIDTH) + phases, " ".repeat(NAME_WIDTH) + names.repeat(PHASES.length)];
}

const rows = (table: readonly Row[], arms: readonly ArmFigures[]): readonly string[] =>
  table.map(
    ({ name, of }) =>
      name.padEnd(NAME_WIDTH) +
      PHASES.flatMap((phase) => arms.map((arm) => of(arm[phase]).padStart(CELL_WIDTH))).join(""),
  );

/** Nothing lost, nothing twice, in order: of ours what must hold, of the control what became of it. */
function kept(arms: readonly ArmFigures[]): readonly string[] {
  return arms.map(
    ({ lost, doubled, outOfOrder, unexpected, restarts }, index) =>
      `${index === 0 ? "Holdfast" : "control "}  lost ${lost} · doubled ${doubled} · out of order ${outOfOrder} · told failed, yet done ${unexpected} · process died ${restarts} ×`,
  );
}

function findingsOf({ findings }: ScenarioResult): readonly string[] {
  const { breakerOpenings, lowestLimit, highestHeapShare, deadLetters, pages } = findings;
  return [
    `breaker opened ${breakerOpenings} × · lowest limit ${lowestLimit} calls at a time · heap at most ${Math.round(highestHeapShare * 100)} % · dead letters ${deadLetters}`,
    ...(deadLetters === 0 ? [] : [`a person retried the ${deadLetters} dead letters when all was over`]),
    ...[...Map.groupBy(pages, (page) => page)].map(
      ([page, same]) => `a person was called${same.length === 1 ? "" : ` ${same.length} ×`}: ${page}`,
    ),
  ];
}

/** When the modes changed, and why. What `normal` does follows from the others. */
function transitionsOf({ figures: { transitions } }: ScenarioResult): string {
  const steps = transitions
    .filter(({ mode }) => mode !== "normal")
    .map(({ at, mode, from, to, cause }) => ({
      start: `${at.slice(11, 23)}  ${mode}: ${from} → ${to}`,
      why: cause.what,
    }));
  const width = Math.max(0, ...steps.map(({ start }) => start.length));
  const lines = steps.map(
    ({ start, why }) => `${start.padEnd(width)}  ${shortened(why, LINE_LENGTH - INDENT - width - 2)}`,
  );
  const left = lines.length - FIRST_TRANSITIONS - LAST_TRANSITIONS;
  return left <= 1
    ? lines.join("\n")
    : [...lines.slice(0, FIRST_TRANSITIONS), `… ${left} more …`, ...lines.slice(-LAST_TRANSITIONS)].join("\n");
}

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1)).trimEnd()}…`;

function goalsOf({ goals = [] }: Scenario, ours: ArmFigures): string {
  return goals
    .map((goal) => {
      const { value, limit } = goal.measure(ours);
      const word = isReached(goal, ours) ? "reached" : "missed ";
      return `${word}  ${goal.what}: ${value.toFixed(1)} ${goal.unit}, limit ${limit.toFixed(1)} ${goal.unit}`;
    })
    .join("\n");
}

function advantagesOf({ advantages }: Scenario, ours: ArmFigures, control: ArmFigures): string {
  return advantages
    .flatMap((advantage) => {
      const { what, why, unit, measure } = advantage;
      const [a, b] = [ours, control].map((arm) => `${measure(arm).toFixed(1)} ${unit}`.trim());
      const word = holds(advantage, ours, control) ? "better" : "not better";
      const reason = inLines(why, LINE_LENGTH - INDENT - WORD_WIDTH).map((line) => " ".repeat(WORD_WIDTH) + line);
      return [`${word.padEnd(WORD_WIDTH)}${what}: ${a}, without Holdfast ${b}`, ...reason];
    })
    .join("\n");
}

const indented = (block: string): string =>
  block
    .split("\n")
    .map((line) => (line === "" ? "" : " ".repeat(INDENT) + line))
    .join("\n");
