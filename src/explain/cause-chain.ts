import type { Cause } from "../../machines/contracts/cause.ts";
import type { ExplainedCause } from "./explanation.ts";

/** Chains are cut at four where they are made; this only keeps a stored one that is damaged from going round. */
const LONGEST_CHAIN = 16;

/** A cause and what led to it, nearest first. */
export function causeChain(cause: Cause | undefined): ExplainedCause[] {
  const chain: ExplainedCause[] = [];
  for (let link = cause; link !== undefined && chain.length < LONGEST_CHAIN; link = link.because)
    chain.push({
      actor: link.actor,
      what: link.what,
      ...(link.values === undefined ? {} : { values: link.values }),
    });
  return chain;
}

/** The cause of a stored transition. One that is not JSON of ours is told as it stands. */
export function storedCause(text: string): Cause {
  try {
    const cause: unknown = JSON.parse(text);
    if (typeof cause === "object" && cause !== null && "what" in cause && "actor" in cause) return cause as Cause;
  } catch {
    // Falls through.
  }
  return { actor: "unknown", what: text };
}
