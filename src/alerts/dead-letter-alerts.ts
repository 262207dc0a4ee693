import type { Alerts } from "./alerts.ts";

export interface DeadLetterAlertPorts {
  readonly alerts: Alerts;
  /** Whether a lane goes on past a dead letter of this operation, which then waits without an alert. */
  readonly skips: (name: string) => boolean;
  /** Dead letters among all operations that need what this one needs; among all, for a name that is not known. */
  readonly deadBeside: (name: string) => number;
}

const PREFIX = "dead_letters:";

/**
 * One alert per operation's name, however many of its letters wait for a person: a bad release makes thousands within
 * a minute. It goes when no letter is left where it could be one of them.
 */
export class DeadLetterAlerts {
  readonly #ports: DeadLetterAlertPorts;

  constructor(ports: DeadLetterAlertPorts) {
    this.#ports = ports;
  }

  buried({ name, operationId }: { readonly name: string; readonly operationId: string }): void {
    const { alerts, skips } = this.#ports;
    if (skips(name)) return;
    const what = `operations of ${name} became dead letters, and their lanes wait behind them; the last is ${operationId}`;
    const cause = {
      actor: "queue",
      what: `${operationId} became a dead letter`,
      values: { operation: name, operationId },
    };
    alerts.raise({ key: PREFIX + name, severity: "critical", subject: name, what, cause });
  }

  /** Clears what is over. Called after commits: cheap while no such alert is unresolved. */
  review(): void {
    const { alerts, deadBeside } = this.#ports;
    for (const key of alerts.keys)
      if (key.startsWith(PREFIX) && deadBeside(key.slice(PREFIX.length)) === 0)
        alerts.clear(key, "no dead letter is left");
  }
}
