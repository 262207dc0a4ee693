import type { Cause } from "../../machines/contracts/cause.ts";
import type { Mode } from "../../machines/contracts/modes.ts";
import { causeChain, storedCause } from "../explain/cause-chain.ts";
import { happened } from "../explain/wording.ts";
import type { TransitionRow } from "../queue/journal.ts";

/** A transition for people: what moved, why, and how the service is since. */
export interface ExplainedTransition extends Omit<TransitionRow, "cause"> {
  readonly cause: Cause;
  /** The most severe mode in force once everybody has heard of it. */
  readonly currentMode: Mode;
  /** `graph opened: 5 failures in a row`: what happened, and why, nearest cause first. */
  readonly explanation: string;
}

export const explainChange = (row: TransitionRow, currentMode: Mode): ExplainedTransition => {
  const cause = storedCause(row.cause);
  const why = causeChain(cause).map(({ what }) => what);
  return { ...row, cause, currentMode, explanation: `${happened(row.machine, row.to)}: ${why.join(", because ")}` };
};
