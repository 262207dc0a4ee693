import type { Properties } from "holdfast/graph";
import { wordsOf } from "../equipment/equipment-kinds.ts";
import type { ManualsTransaction } from "../manuals-graph.ts";
import type { ParsedQuestion } from "./parse-question.ts";

/** How many nodes or relationships one part of an answer looks at. */
export const MOST_LOOKED_AT = 5_000;

export interface EquipmentNode {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly kind: string;
  readonly document: string;
}

export interface NamedEquipment {
  readonly equipment: readonly EquipmentNode[];
  /** The question names a machine, whether or not the graph knows it. */
  readonly isNamed: boolean;
  readonly incomplete: boolean;
}

/** The machines that a question names: by model, by kind, or for kinds that we have no word for by their whole name. */
export async function findEquipment(question: ParsedQuestion, graph: ManualsTransaction): Promise<NamedEquipment> {
  const limit = { limit: MOST_LOOKED_AT };
  if (question.modelKey !== "") {
    const rows = await graph.matchNodes("Equipment", { where: { modelKey: question.modelKey } }, limit);
    if (rows.length > 0)
      return { equipment: rows.map(readEquipment), isNamed: true, incomplete: rows.length === MOST_LOOKED_AT };
  }
  const found: EquipmentNode[] = [];
  let incomplete = false;
  for (const { kind, phrase } of question.machines) {
    const rows = await graph.matchNodes("Equipment", { where: { kind } }, limit);
    incomplete ||= rows.length === MOST_LOOKED_AT;
    const all = rows.map(readEquipment);
    const called = all.filter(({ name }) => name.toLowerCase().includes(phrase));
    // A "pizza oven" is not answered for by any oven; an "open fryer" or a "grill" is, by whatever it is called.
    const isGeneral = phrase === kind || kind.split(" ").some((word) => word !== "machine" && phrase === word);
    found.push(...(called.length > 0 || !isGeneral ? called : all));
  }
  if (question.machines.length > 0 || question.modelKey !== "") return { equipment: found, isNamed: true, incomplete };
  const others = (await graph.matchNodes("Equipment", { where: { kind: "equipment" } }, limit)).map(readEquipment);
  const called = others.filter(({ name }) => wordsOf(name).every((word) => question.words.includes(word)));
  return { equipment: called, isNamed: called.length > 0, incomplete: others.length === MOST_LOOKED_AT };
}

export function readEquipment({ id, name, model, kind, document }: Properties): EquipmentNode {
  return { id: String(id), name: String(name), model: String(model), kind: String(kind), document: String(document) };
}
