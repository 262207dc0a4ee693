import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "holdfast";

/**
 * Who may do what here. This service's own sign-in: two keys from the environment, known by their hashes. Yours may be a
 * session, a JWT, a client certificate.
 */
export class People {
  readonly #byHash = new Map<string, Principal>();

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#add(environment["KITCHEN_WORKER_KEY"], {
      id: "svc-worker",
      permissions: ["operation.submit", "degradation.read", "queue.read"],
    });
    this.#add(environment["KITCHEN_CHEF_KEY"], { id: "chef", permissions: "*" });
  }

  /** @returns undefined for a stranger */
  find({ authorization }: IncomingHttpHeaders): Principal | undefined {
    const key = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
    return key === undefined ? undefined : this.#byHash.get(hashOf(key));
  }

  #add(key: string | undefined, principal: Principal): void {
    if (key !== undefined && key !== "") this.#byHash.set(hashOf(key), principal);
  }
}

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");
