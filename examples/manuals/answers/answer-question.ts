import { answerEquipment } from "./answer-equipment.ts";
import { answerSteps } from "./answer-steps.ts";
import { answerTemperatures } from "./answer-temperatures.ts";
import type { ManualsTransaction } from "../manuals-graph.ts";
import { parseQuestion } from "./parse-question.ts";
import type { QueryResult } from "./query-result.ts";

/** Answers a question from the graph, by plain rules: what it asks for, which machines it names, and which words an answer shares with it. */
export async function answerQuestion(question: string, graph: ManualsTransaction): Promise<QueryResult> {
  const parsed = parseQuestion(question);
  const answered = await answer();
  const ids = new Set(
    answered.answers.flatMap(({ documents }: { readonly documents: readonly string[] }) => documents),
  );
  const documents = ids.size === 0 ? [] : await graph.matchNodes("Document", { keys: [...ids] });
  return { ...answered, sources: documents.map(({ id, title }) => ({ document: String(id), title: String(title) })) };

  async function answer() {
    if (parsed.asksFor === "temperature")
      return { kind: "temperature", ...(await answerTemperatures(parsed, graph)) } as const;
    if (parsed.asksFor === "steps") return { kind: "steps", ...(await answerSteps(parsed, graph)) } as const;
    if (parsed.asksFor === "equipment")
      return { kind: "equipment", ...(await answerEquipment(parsed, graph)) } as const;
    return { kind: "not_understood", answers: [], incomplete: false } as const;
  }
}
