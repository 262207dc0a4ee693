import { inWords } from "../report.ts";
import { readAcknowledgements } from "../verify-acknowledgements.ts";
import { type ListsVerdict, verifyLists } from "../verify-lists.ts";
import { isQuestion } from "./orders.ts";
import type { Phase } from "./phase.ts";
import type { ArmFigures, PhaseFigures, ScenarioResult } from "./report.ts";
import type { ArmEvidence } from "./run-arm.ts";
import type { Scenario } from "./scenario.ts";

const EXAMPLES = 6;

/** Compares what callers were told with what the graph holds, and puts the figures of both arms together. */
export function judge(
  scenario: Scenario,
  timeScale: number,
  ours: ArmEvidence,
  control: ArmEvidence | undefined,
): ScenarioResult {
  const verdict = verify(ours);
  const { lost, doubled, outOfOrder, ...rest } = figuresOfArm(scenario, ours, verdict);
  const { before, during, after } = rest;
  const { heard } = ours;
  return {
    figures: {
      scenario: scenario.name,
      timeScale,
      lost,
      doubled,
      outOfOrder,
      transitions: heard.transitions.map(inWords),
      before,
      during,
      after,
      control: control === undefined ? null : figuresOfArm(scenario, control, verify(control)),
    },
    ours: { lost, doubled, outOfOrder, ...rest },
    findings: {
      stillInForce: heard.service?.isNormal === true ? "" : (heard.service?.modes ?? "nothing is known"),
      deadLetters: heard.deadLetters ?? 0,
      breakerOpenings: heard.breakerOpenings,
      lowestLimit: Number.isFinite(heard.lowestLimit) ? heard.lowestLimit : 0,
      highestHeapShare: heard.highestHeapShare,
      pages: heard.pages,
      examples: verdict.examples.slice(0, EXAMPLES),
    },
  };
}

const verify = ({ acknowledgements, lists }: ArmEvidence): ListsVerdict =>
  verifyLists(readAcknowledgements(acknowledgements), lists);

function figuresOfArm(scenario: Scenario, evidence: ArmEvidence, verdict: ListsVerdict): ArmFigures {
  const { lost, doubled, outOfOrder, unexpected } = verdict;
  const inGraph = new Set(evidence.lists.flat());
  const ends = { before: "during", during: "after", after: "end" } as const;
  const figures = (phase: Phase): PhaseFigures => {
    const seen = evidence.phases.find((one) => one.phase === phase);
    if (seen === undefined) throw new Error(`The load has no phase ${phase}.`);
    const orders = Array.from({ length: seen.end - seen.first }, (_, index) => seen.first + index).filter(
      (order) => !(scenario.withQuestions === true && isQuestion(order)),
    );
    const appeared = evidence.inGraphAt[ends[phase]] - evidence.inGraphAt[phase];
    return {
      ...seen.all,
      seconds: rounded(seen.seconds),
      orders: orders.length,
      inGraph: orders.filter((order) => inGraph.has(order)).length,
      goodputPerSecond: rounded(appeared / seen.seconds),
      byPriority: seen.byPriority,
    };
  };
  return {
    lost,
    doubled,
    outOfOrder,
    unexpected,
    restarts: evidence.restarts,
    before: figures("before"),
    during: figures("during"),
    after: figures("after"),
  };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
