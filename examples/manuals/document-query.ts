import { defineOperation } from "holdfast";
import { z } from "zod";
import { answerQuestion } from "./answers/answer-question.ts";
import type { ManualsGraph } from "./manuals-graph.ts";

const input = z.object({
  /** In plain words: `What temperature for chicken in the fryer?` */
  question: z.string().min(1).max(500),
});

/**
 * `document.query`: answers from the graph which temperature, which steps or which equipment, by plain rules. It does
 * not wait for a graph that is down: an answer that comes an hour later helps nobody.
 */
export function queryDocuments(graph: ManualsGraph) {
  return defineOperation({
    name: "document.query",
    version: 1,
    input,
    dependsOn: { graph },
    priority: "high",
    queueable: false,
    execute: ({ input: { question }, graph: transaction }) => answerQuestion(question, transaction),
  });
}
