import type { Cause } from "../../machines/contracts/cause.ts";
import type { TransitionRow } from "../queue/journal.ts";
import type { Alerts } from "./alerts.ts";

export interface Page {
  readonly subject: string;
  readonly cause: Cause;
}

export interface ActorState {
  readonly id: string;
  readonly state: string;
  readonly givenUp: boolean;
}

export interface ControlAlertPorts {
  readonly alerts: Alerts;
  /** Every supervised actor, as it is now. */
  readonly actors: () => readonly ActorState[];
  readonly storageIsLost: () => boolean;
}

const STORAGE = "storage";
const SUPERVISOR = "supervisor";

/**
 * What the machines do that persons should know of. Each key is the subject's, so that a page and the transition that
 * led to it are one alert; and an alert goes when its subject is well, not when somebody says so.
 */
export class ControlAlerts {
  readonly #ports: ControlAlertPorts;

  constructor(ports: ControlAlertPorts) {
    this.#ports = ports;
  }

  /** A person is called: a drain in dispute, an incident out of remedies, an actor given up, the storage lost. */
  page({ subject, cause }: Page): void {
    const { alerts, actors } = this.#ports;
    const givenUp = subject === SUPERVISOR || actors().some(({ id, givenUp: up }) => id === subject && up);
    const key = givenUp ? `given_up:${subject}` : subject;
    alerts.raise({ key, severity: "critical", subject, what: `${subject}: ${cause.what}`, cause });
  }

  transition({ machine, from, to, cause: text }: TransitionRow): void {
    const { alerts } = this.#ports;
    const now = outer(to);
    if (outer(from) === now) return;
    if (machine.startsWith("trigger:")) this.#trigger(machine.slice("trigger:".length), now, text);
    else if (machine === "pin" && now === "expiring") {
      const cause = JSON.parse(text) as Cause;
      alerts.raise({
        key: "pin",
        severity: "warning",
        subject: "pin",
        what: `the pin ends soon: ${cause.what}`,
        cause,
      });
    }
    this.review({ id: machine, state: to });
  }

  /**
   * Clears what is over. Cheap while no alert of the control plane is unresolved. A machine that has just `moved` is
   * still asked for its former state.
   */
  review(moved?: { readonly id: string; readonly state: string }): void {
    const { alerts, actors, storageIsLost } = this.#ports;
    const ours = alerts.unresolved.filter(({ key }) => isOfControl(key));
    if (ours.length === 0) return;
    const all = actors();
    // Nothing runs: what is true of the actors is not known.
    if (all.every(({ state }) => state === "stopped")) return;
    const stateOf = (id: string): string =>
      outer((moved?.id === id ? moved : all.find((actor) => actor.id === id))?.state ?? "gone");
    for (const { key } of ours) {
      const subject = key.slice(key.indexOf(":") + 1);
      if (key === STORAGE) {
        if (!storageIsLost()) alerts.clear(key, "the journal can be written again");
      } else if (key.startsWith("given_up:")) {
        const down = all.filter(({ id, givenUp }) => givenUp && (subject === SUPERVISOR || id === subject));
        if (down.length === 0) alerts.clear(key, "it has lived long enough since its last fall");
      } else if (key.startsWith("condition:")) {
        const state = stateOf(`trigger:${subject}`);
        if (state === "clear" || state === "rising" || state === "gone") alerts.clear(key, "the condition is cleared");
      } else if (key.startsWith("sensor:")) {
        const state = stateOf(`trigger:${subject}`);
        if (state !== "unknown" && state !== "fallen") alerts.clear(key, "the sensor measures again");
      } else if (key === "pin") {
        const state = stateOf("pin");
        if (state === "free" || state === "held" || state === "gone") alerts.clear(key, `the pin is ${state}`);
      } else {
        const state = stateOf(key);
        if (!NEEDS_A_PERSON.has(state)) alerts.clear(key, `${key} is ${state}`);
      }
    }
  }

  #trigger(condition: string, state: string, text: string): void {
    if (state !== "raised" && state !== "unknown") return;
    const { alerts } = this.#ports;
    const cause = JSON.parse(text) as Cause;
    if (state === "raised" && alerts.of(`condition:${condition}`) === undefined)
      alerts.raise({
        key: `condition:${condition}`,
        severity: "warning",
        subject: condition,
        what: `${condition}: ${cause.what}`,
        cause,
      });
    if (state === "unknown")
      alerts.raise({
        key: `sensor:${condition}`,
        severity: "warning",
        subject: condition,
        what: `${condition} cannot be measured: ${cause.what}`,
        cause,
      });
  }
}

const outer = (state: string): string => state.split(".")[0] ?? state;

/** States of drains and incidents. One that has fallen is restored, or says so itself. */
const NEEDS_A_PERSON: ReadonlySet<string> = new Set(["disputed", "paged", "acknowledged", "fallen"]);

const OF_CONTROL = ["given_up:", "condition:", "sensor:", "drain:", "incident:"];

const isOfControl = (key: string): boolean =>
  key === STORAGE || key === "pin" || OF_CONTROL.some((prefix) => key.startsWith(prefix));
