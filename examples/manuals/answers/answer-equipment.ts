import type { Answers, EquipmentAnswer } from "./query-result.ts";
import { findEquipment, MOST_LOOKED_AT, readEquipment } from "./find-equipment.ts";
import type { ManualsTransaction } from "../manuals-graph.ts";
import type { ParsedQuestion } from "./parse-question.ts";
import { countShared, gather, isWarmth, ranked, scoreOf, union } from "./rank-answers.ts";

interface Reason {
  readonly equipment: string;
  readonly because: string;
  readonly score: number;
}

/** Which equipment: by what it is called, by what its procedures are called, and by what its temperatures are for. */
export async function answerEquipment(
  question: ParsedQuestion,
  graph: ManualsTransaction,
): Promise<Answers<EquipmentAnswer>> {
  const limit = { limit: MOST_LOOKED_AT };
  const named = await findEquipment(question, graph);
  const all = named.isNamed ? named.equipment : (await graph.matchNodes("Equipment", {}, limit)).map(readEquipment);
  const byTemperature = await reasonsByTemperature(question, graph);
  // "What keeps food cold?" asks for what a machine does, not for what is done to it.
  const byProcedure = question.warmth === undefined ? await reasonsByProcedure(question, graph) : NO_REASONS;
  const stems = [...question.topics, ...question.purposeStems];
  const reasons = new Map<string, Reason>();
  const byName = all.map(({ id, name, kind }): Reason => {
    const shared = countShared(stems, `${name} ${kind}`);
    return { equipment: id, because: `it is called ${name}`, score: shared === 0 ? 0 : shared + 2 };
  });
  // "Which machine needs descaling?": where procedures are called so, whatever else is washed there is no answer.
  const byUse = byProcedure.reasons.length > 0 ? byProcedure.reasons : byTemperature.reasons;
  for (const reason of [...byUse, ...byName]) {
    const known = reasons.get(reason.equipment);
    if (known === undefined || reason.score > known.score) reasons.set(reason.equipment, reason);
  }
  const chosen = ranked(all, ({ id }) => reasons.get(id)?.score ?? 0).map(({ candidate }) => candidate);
  const answers = chosen.map(({ id, name, model, document }): EquipmentAnswer => {
    return { equipment: name, model, because: reasons.get(id)?.because ?? "", documents: [document] };
  });
  return {
    answers: gather(
      answers,
      ({ equipment, model }) => `${equipment}\n${model}`,
      (one, other) => ({ ...one, documents: union(one.documents, other.documents) }),
    ),
    incomplete: named.incomplete || byTemperature.incomplete || byProcedure.incomplete || all.length === MOST_LOOKED_AT,
  };
}

interface Reasons {
  readonly reasons: readonly Reason[];
  readonly incomplete: boolean;
}

const NO_REASONS: Reasons = { reasons: [], incomplete: false };

async function reasonsByTemperature(question: ParsedQuestion, graph: ManualsTransaction): Promise<Reasons> {
  const { purpose, warmth } = question;
  if (purpose === undefined) return NO_REASONS;
  const limit = { limit: MOST_LOOKED_AT };
  const rows = await graph.matchNodes("Temperature", { where: { purpose } }, limit);
  const contextOf = new Map(
    rows.filter((row) => isWarmth(row, warmth)).map(({ id, context }) => [String(id), String(context)]),
  );
  if (contextOf.size === 0) return { reasons: [], incomplete: rows.length === MOST_LOOKED_AT };
  const relations = await graph.matchRelationships("HAS_TEMPERATURE", { to: [...contextOf.keys()] }, limit);
  const reasons = relations.map(({ from, to }): Reason => {
    const because = contextOf.get(String(to)) ?? "";
    const score = scoreOf(question, because);
    return { equipment: String(from), because, score: question.topics.length > 0 && score === 0 ? 0 : 1 + score };
  });
  return { reasons, incomplete: rows.length === MOST_LOOKED_AT || relations.length === MOST_LOOKED_AT };
}

async function reasonsByProcedure(
  { topics, purposeStems }: ParsedQuestion,
  graph: ManualsTransaction,
): Promise<Reasons> {
  const stems = [...topics, ...purposeStems];
  if (stems.length === 0) return NO_REASONS;
  const limit = { limit: MOST_LOOKED_AT };
  const rows = await graph.matchNodes("Procedure", {}, limit);
  const shared = new Map(
    rows.map(({ id, name }) => [String(id), { name: String(name), count: countShared(stems, String(name)) }]),
  );
  const fitting = [...shared].filter(([, { count }]) => count > 0).map(([id]) => id);
  if (fitting.length === 0) return { reasons: [], incomplete: rows.length === MOST_LOOKED_AT };
  const relations = await graph.matchRelationships("HAS_PROCEDURE", { to: fitting }, limit);
  const reasons = relations.map(({ from, to }): Reason => {
    const { name, count } = shared.get(String(to)) ?? { name: "", count: 0 };
    return { equipment: String(from), because: `its manual has the procedure ${name}`, score: 1.5 * count };
  });
  return { reasons, incomplete: rows.length === MOST_LOOKED_AT || relations.length === MOST_LOOKED_AT };
}
