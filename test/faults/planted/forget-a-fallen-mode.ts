import * as real from "../../../machines/facts.ts";

export * from "../../../machines/facts.ts";

/** What a mode asks for is gone with its actor. */
export const remember: typeof real.remember = (facts, fact) => {
  const next = real.remember(facts, fact);
  if (fact.type !== "actor.fallen") return next;
  const { [fact.id]: _, ...modes } = next.modes;
  return { ...next, modes };
};
