import type { Kysely } from "kysely";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Alert } from "../alerts/alert.ts";
import type { Database } from "../storage/database.ts";
import { findAlert } from "../storage/reads/list-alerts.ts";
import { findTransition } from "../storage/reads/read-history.ts";
import { explainAlert, explainNow, explainTransition } from "./explain-control.ts";
import { explainOperation, type OperationPorts } from "./explain-operation.ts";
import type { Explanation } from "./explanation.ts";
import { readOperationFacts } from "./operation-facts.ts";

export interface ExplainerPorts extends OperationPorts {
  readonly database: Kysely<Database>;
  readonly policy: () => AdmissionPolicy;
  /** Those that are not resolved: newer than what is stored. */
  readonly alerts: () => readonly Alert[];
}

const NUMBERED = /^(alert|transition):([0-9]{1,16})$/;

/** Answers "why?" from what is stored; nothing is asked of a machine, and nothing is changed. */
export class Explainer {
  readonly #ports: ExplainerPorts;

  constructor(ports: ExplainerPorts) {
    this.#ports = ports;
  }

  /** Undefined for a target that is not known (any more). */
  async explain(target: string): Promise<Explanation | undefined> {
    const { database, policy, alerts } = this.#ports;
    if (target === "now") return explainNow(policy());
    const [, kind, number] = NUMBERED.exec(target) ?? [];
    if (kind === "alert") {
      const id = Number(number);
      const alert = alerts().find((each) => each.id === id) ?? (await findAlert(database, id));
      return alert === undefined ? undefined : explainAlert(alert);
    }
    if (kind === "transition") {
      const transition = await findTransition(database, Number(number));
      return transition === undefined ? undefined : explainTransition(transition);
    }
    const facts = await readOperationFacts(database, target);
    return facts === undefined ? undefined : explainOperation(facts, this.#ports);
  }
}
