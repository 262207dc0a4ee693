import type { Cause } from "../../machines/contracts/cause.ts";
import type { Mode } from "../../machines/contracts/modes.ts";
import { causeChain, storedCause } from "../explain/cause-chain.ts";
import { happened } from "../explain/wording.ts";
import type { TransitionRow } from "../queue/journal.ts";

/** A transition for people: what moved, why, and how the service is since. */
export interface ExplainedTransition extends Omit<TransitionRow, "cause" | "number"> {
  readonly cause: Cause;
  /**
   * The most severe mode in force once everybody has heard of it; of one that is read from the store, right after it.
   */
  readonly currentMode: Mode;
  /** `graph opened: 5 failures in a row`: what happened, and why, nearest cause first. */
  readonly explanation: string;
}

export const explainChange = ({ number: _, ...row }: TransitionRow, currentMode: Mode): ExplainedTransition => ({
  ...row,
  currentMode,
  ...causesInWords(row),
});

/** Its cause, and all of them as a sentence. */
export const causesInWords = ({
  machine,
  to,
  cause: text,
}: Pick<TransitionRow, "machine" | "to" | "cause">): Pick<ExplainedTransition, "cause" | "explanation"> => {
  const cause = storedCause(text);
  const why = causeChain(cause).map(({ what }) => what);
  return { cause, explanation: `${happened(machine, to)}: ${why.join(", because ")}` };
};
