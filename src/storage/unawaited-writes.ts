import type { Alert } from "../alerts/alert.ts";
import type { Logger } from "../ports.ts";
import type { ControlAction, MachineRecord, TransitionRow } from "../queue/journal.ts";

/** Transitions, and actions, kept while they cannot be written; beyond it the oldest go, with a line in the log. */
const MAXIMUM_UNWRITTEN = 10_000;
const GIVEN_UP_AT_ONCE = 100;

/** What the control plane has written down. Nobody waits for it, so nobody would ask again for what a commit has lost. */
export class UnawaitedWrites {
  readonly transitions: TransitionRow[] = [];
  readonly records = new Map<string, MachineRecord>();
  /** At most as many as may be open at a time, and those resolved since: one word for each. */
  readonly alerts = new Map<number, Alert>();
  readonly actions: ControlAction[] = [];

  get isEmpty(): boolean {
    return (
      this.transitions.length === 0 && this.records.size === 0 && this.alerts.size === 0 && this.actions.length === 0
    );
  }

  addTransition(transition: TransitionRow, logger: Logger): void {
    this.transitions.push(transition);
    dropOldest(this.transitions, "transitions", logger);
  }

  addAction(action: ControlAction, logger: Logger): void {
    this.actions.push(action);
    dropOldest(this.actions, "actions", logger);
  }

  /** Takes over what was not written, as older than its own. */
  takeOver({ transitions, records, alerts, actions }: UnawaitedWrites, logger: Logger): void {
    this.transitions.unshift(...transitions);
    this.actions.unshift(...actions);
    for (const [id, record] of records) if (!this.records.has(id)) this.records.set(id, record);
    for (const [id, alert] of alerts) if (!this.alerts.has(id)) this.alerts.set(id, alert);
    dropOldest(this.transitions, "transitions", logger);
    dropOldest(this.actions, "actions", logger);
  }
}

function dropOldest(unwritten: unknown[], what: "transitions" | "actions", logger: Logger): void {
  if (unwritten.length <= MAXIMUM_UNWRITTEN) return;
  // Some at a time: what comes next has room without moving all the others.
  const excess = unwritten.length - MAXIMUM_UNWRITTEN + GIVEN_UP_AT_ONCE;
  unwritten.splice(0, excess);
  logger.error({ [what]: excess }, `${what} could not be written for so long that the oldest were given up`);
}
