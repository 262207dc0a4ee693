import type { DependencyAdmission } from "../../machines/contracts/admission-policy.ts";
import type { Refused } from "../operations/outcome.ts";
import { retryAfterSeconds, unavailableRefusal } from "../operations/refusals.ts";

/**
 * What callers are told while a dependency is not to be called. An outage is told a thousand times a second: the same
 * frozen value is given until the policy, or the number of seconds to wait, is another.
 */
export class Unavailable {
  readonly #name: string;
  #admission: DependencyAdmission | undefined = undefined;
  #refusal: Refused | undefined = undefined;

  constructor(name: string) {
    this.#name = name;
  }

  refusal(admission: DependencyAdmission | undefined, now: number): Refused {
    const seconds = retryAfterSeconds(admission?.nextProbeAt, now);
    if (this.#refusal?.retryAfterSeconds !== seconds || this.#admission !== admission) {
      this.#admission = admission;
      this.#refusal = Object.freeze(unavailableRefusal(this.#name, admission?.cause, seconds));
    }
    return this.#refusal;
  }
}
