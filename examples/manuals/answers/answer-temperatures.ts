import type { Answers, TemperatureAnswer } from "./query-result.ts";
import { type EquipmentNode, findEquipment, MOST_LOOKED_AT, readEquipment } from "./find-equipment.ts";
import type { ManualsTransaction } from "../manuals-graph.ts";
import type { ParsedQuestion } from "./parse-question.ts";
import { best, gather, isWarmth, scoreOf, union } from "./rank-answers.ts";

interface Candidate {
  readonly id: string;
  readonly answer: TemperatureAnswer;
  /** All that is said of it, for comparing with the question. */
  readonly said: string;
}

/** Which temperature: of the machines that the question names, those said of what it asks about. */
export async function answerTemperatures(
  question: ParsedQuestion,
  graph: ManualsTransaction,
): Promise<Answers<TemperatureAnswer>> {
  const { equipment, isNamed, incomplete } = await findEquipment(question, graph);
  const limit = { limit: MOST_LOOKED_AT };
  if (isNamed && equipment.length === 0) return { answers: [], incomplete };
  const relations = isNamed
    ? await graph.matchRelationships("HAS_TEMPERATURE", { from: equipment.map(({ id }) => id) }, limit)
    : [];
  const selection = isNamed
    ? { keys: relations.map(({ to }) => to) }
    : question.purpose !== undefined && question.topics.length === 0
      ? { where: { purpose: question.purpose } }
      : {};
  const rows = await graph.matchNodes("Temperature", selection, limit);
  const inOrder = rows.toSorted((one, other) => Number(one.position) - Number(other.position));
  const candidates = inOrder
    .filter((row) => isWarmth(row, question.warmth))
    .map(
      ({ id, text, context, purpose, section, document }): Candidate => ({
        id: String(id),
        said: [context, String(section).split(" > ").slice(-2).join(" ")].join(" "),
        answer: {
          temperature: String(text),
          context: String(context),
          purpose: String(purpose),
          equipment: [],
          documents: [String(document)],
        },
      }),
    );
  const chosen = choose(candidates, question);
  const names = await namesOf(
    chosen.map(({ id }) => id),
    graph,
    isNamed ? { equipment, relations } : undefined,
  );
  const answers = gather(
    chosen.map(({ id, answer }) => ({ ...answer, equipment: names.get(id) ?? [] })),
    ({ temperature, context }) => `${temperature}\n${context}`,
    (one, other) => ({
      ...one,
      equipment: union(one.equipment, other.equipment),
      documents: union(one.documents, other.documents),
    }),
  );
  return { answers, incomplete: incomplete || rows.length === MOST_LOOKED_AT || relations.length === MOST_LOOKED_AT };
}

/** Where a question gives neither a topic nor a purpose ("How hot is the fryer?"), these come first. */
const FIRST_PURPOSES = [
  "operating",
  "storage",
  "holding",
  "cooking",
  "freezing",
  "brewing",
  "serving",
  "washing",
  "sanitizing",
];

function choose(candidates: readonly Candidate[], question: ParsedQuestion): readonly Candidate[] {
  const { topics, purpose } = question;
  const fits = (candidate: Candidate): boolean => candidate.answer.purpose === purpose;
  if (topics.length > 0) {
    return best(candidates, (candidate) => {
      const score = scoreOf(question, candidate.said);
      return score === 0 ? 0 : score + (fits(candidate) ? 0.5 : 0);
    });
  }
  if (purpose !== undefined) return best(candidates.filter(fits), ({ said }) => 1 + scoreOf(question, said));
  const rankOf = ({ answer }: Candidate): number =>
    (FIRST_PURPOSES.indexOf(answer.purpose) + FIRST_PURPOSES.length + 1) % (FIRST_PURPOSES.length + 1);
  return candidates.toSorted((one, other) => rankOf(one) - rankOf(other));
}

interface Known {
  readonly equipment: readonly EquipmentNode[];
  readonly relations: readonly { readonly from: string | number; readonly to: string | number }[];
}

/** The names of the machines that temperatures are said of; asked for only where the question did not name them. */
async function namesOf(
  ids: readonly string[],
  graph: ManualsTransaction,
  known: Known | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const relations =
    known?.relations ?? (await graph.matchRelationships("HAS_TEMPERATURE", { to: ids }, { limit: MOST_LOOKED_AT }));
  const equipment =
    known?.equipment ??
    (await graph.matchNodes("Equipment", { keys: relations.map(({ from }) => from) }, { limit: MOST_LOOKED_AT })).map(
      readEquipment,
    );
  const nameOf = new Map(equipment.map(({ id, name }) => [id, name]));
  const names = new Map<string, string[]>();
  for (const { from, to } of relations) {
    const name = nameOf.get(String(from));
    if (name !== undefined) names.set(String(to), [...(names.get(String(to)) ?? []), name]);
  }
  return names;
}
