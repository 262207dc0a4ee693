import { isCrash, nameError } from "../contain-errors.ts";
import { timeOf } from "../kit.ts";

/** What a remedy, or any invoked machine, resolves to: its outcome, or its crash. */
export interface Ended {
  readonly at: number;
  readonly helped: boolean;
  readonly crashed: boolean;
  readonly detail: string;
}

const endOf = (output: unknown, due: number): Ended => {
  if (isCrash(output))
    return { at: output.at, helped: false, crashed: true, detail: `it crashed: ${nameError(output.crashed)}` };
  if (typeof output !== "object" || output === null)
    return { at: due, helped: false, crashed: true, detail: "it ended without a word" };
  return {
    at: timeOf(output, due),
    helped: "ok" in output && output.ok === true,
    crashed: false,
    detail: "detail" in output ? String(output.detail) : "",
  };
};

/** The invoked machine that has just ended, for the guards and actions that judge it. */
export const ended = ({
  context,
  event,
}: {
  readonly context: { readonly since: number };
  readonly event: { readonly output: unknown };
}): Ended => endOf(event.output, context.since);
