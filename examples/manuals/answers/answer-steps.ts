import type { Answers, StepsAnswer } from "./query-result.ts";
import { findEquipment, MOST_LOOKED_AT } from "./find-equipment.ts";
import type { ManualsTransaction } from "../manuals-graph.ts";
import type { ParsedQuestion } from "./parse-question.ts";
import { best, countShared, gather, union } from "./rank-answers.ts";

/** Steps are read for so many procedures only: one question must not read the whole graph. */
const MOST_PROCEDURES = 40;

/** Which steps: of the procedures of the machines that the question names, those that are called what it asks for. */
export async function answerSteps(question: ParsedQuestion, graph: ManualsTransaction): Promise<Answers<StepsAnswer>> {
  const { equipment, isNamed, incomplete } = await findEquipment(question, graph);
  const limit = { limit: MOST_LOOKED_AT };
  if (isNamed && equipment.length === 0) return { answers: [], incomplete };
  const owned = isNamed
    ? await graph.matchRelationships("HAS_PROCEDURE", { from: equipment.map(({ id }) => id) }, limit)
    : [];
  const procedures = await graph.matchNodes("Procedure", isNamed ? { keys: owned.map(({ to }) => to) } : {}, limit);

  const stems = [...question.topics, ...question.purposeStems];
  const matching =
    stems.length === 0 && isNamed
      ? procedures
      : best(
          procedures,
          ({ name, section }) => 2 * countShared(stems, String(name)) + countShared(stems, String(section)),
        );
  const chosen = matching.slice(0, MOST_PROCEDURES);
  const ids = chosen.map(({ id }) => String(id));
  const has = ids.length === 0 ? [] : await graph.matchRelationships("HAS_STEP", { from: ids }, limit);
  const steps = has.length === 0 ? [] : await graph.matchNodes("Step", { keys: has.map(({ to }) => to) }, limit);
  const nameOf = new Map(equipment.map(({ id, name }) => [id, name]));
  const ownersOf = (id: string): readonly string[] =>
    owned.flatMap(({ from, to }) => (String(to) === id ? (nameOf.get(String(from)) ?? []) : []));

  const answers = chosen.map(({ id, name, document }): StepsAnswer => {
    const own = steps
      .filter(({ procedure }) => procedure === id)
      .sort((one, other) => Number(one.position) - Number(other.position));
    return {
      procedure: String(name),
      steps: own.map(({ text }) => String(text)),
      equipment: ownersOf(String(id)),
      documents: [String(document)],
    };
  });
  return {
    answers: gather(
      answers,
      ({ procedure, steps: texts }) => [procedure, ...texts].join("\n"),
      (one, other) => ({
        ...one,
        equipment: union(one.equipment, other.equipment),
        documents: union(one.documents, other.documents),
      }),
    ),
    incomplete:
      incomplete ||
      matching.length > MOST_PROCEDURES ||
      [owned, procedures, has, steps].some(({ length }) => length === MOST_LOOKED_AT),
  };
}
