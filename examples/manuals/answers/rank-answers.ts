import type { Properties } from "holdfast/graph";
import { type ParsedQuestion, stemsOf } from "./parse-question.ts";

const MOST_ANSWERS = 10;
const HOT_FROM_CELSIUS = 40;
const COLD_TO_CELSIUS = 15;

/** Whether a temperature is what the question calls `hot` or `cold`; any is where it says neither. */
export function isWarmth({ lowestCelsius, highestCelsius }: Properties, warmth: ParsedQuestion["warmth"]): boolean {
  if (warmth === "hot") return Number(lowestCelsius) >= HOT_FROM_CELSIUS;
  return warmth !== "cold" || Number(highestCelsius) <= COLD_TO_CELSIUS;
}

/** How many of the stems a text has. */
export function countShared(stems: readonly string[], text: string): number {
  if (stems.length === 0) return 0;
  const there = new Set(stemsOf(text));
  return stems.filter((stem) => there.has(stem)).length;
}

/**
 * How much a text has to do with a question: its topics count, the words for its purpose half as much. 0 when the
 * question has topics and the text has none of them.
 */
export function scoreOf(
  { topics, purposeStems }: Pick<ParsedQuestion, "topics" | "purposeStems">,
  text: string,
): number {
  const shared = countShared(topics, text);
  return topics.length > 0 && shared === 0 ? 0 : shared + countShared(purposeStems, text) / 2;
}

/** The candidates with a score above 0, the highest first; equal ones stay in their order. */
export function ranked<Candidate>(
  candidates: readonly Candidate[],
  score: (candidate: Candidate) => number,
): readonly { readonly candidate: Candidate; readonly score: number }[] {
  return candidates
    .map((candidate) => ({ candidate, score: score(candidate) }))
    .filter((each) => each.score > 0)
    .sort((one, other) => other.score - one.score);
}

/** Only the candidates with the highest score. */
export function best<Candidate>(
  candidates: readonly Candidate[],
  score: (candidate: Candidate) => number,
): readonly Candidate[] {
  const all = ranked(candidates, score);
  return all.filter((each) => each.score === all[0]?.score).map(({ candidate }) => candidate);
}

/** One answer for all that say the same, with the machines and documents of all of them; at most 10. */
export function gather<Answer extends { readonly documents: readonly string[] }>(
  answers: readonly Answer[],
  same: (answer: Answer) => string,
  join: (one: Answer, other: Answer) => Answer,
): readonly Answer[] {
  const gathered = new Map<string, Answer>();
  for (const answer of answers) {
    const key = same(answer);
    const known = gathered.get(key);
    gathered.set(key, known === undefined ? answer : join(known, answer));
  }
  return [...gathered.values()].slice(0, MOST_ANSWERS);
}

/** Both lists, each entry once. */
export function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}
