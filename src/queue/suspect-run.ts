import type { Run } from "./journal.ts";
import type { Permit, PermitsInUse } from "./permits-in-use.ts";

export interface SuspectRunPorts {
  readonly permits: PermitsInUse;
  /** Resolves when its end is on disk. */
  readonly execute: (run: Run) => Promise<void>;
  readonly handBack: (run: Run, permit: Permit) => void;
  readonly onEnd: (permit: Permit) => void;
}

/**
 * A run whose operation was interrupted too often: executed while nothing else is in flight. One at a time, and
 * the others wait on disk as ready: whoever is `running` when it kills the process would be counted as interrupted.
 */
export class SuspectRun {
  readonly #ports: SuspectRunPorts;
  #taken: { readonly run: Run; readonly permit: Permit; begun: boolean } | undefined;

  constructor(ports: SuspectRunPorts) {
    this.#ports = ports;
  }

  /** While there is one, nothing else begins. */
  get isThere(): boolean {
    return this.#taken !== undefined;
  }

  take(run: Run, permit: Permit): void {
    this.#taken = { run, permit, begun: false };
    this.beginWhenAlone();
  }

  /** Begins when its own permit is the only one in use, and holds it until its end is on disk. */
  beginWhenAlone(): void {
    const taken = this.#taken;
    if (taken === undefined || taken.begun || this.#ports.permits.count > 1) return;
    if (!taken.permit.pool.dependencies.every((dependency) => dependency.closed)) return this.handBack();
    taken.begun = true;
    void this.#ports.execute(taken.run).finally(() => {
      this.#taken = undefined;
      this.#ports.onEnd(taken.permit);
    });
  }

  /** Unless it has begun. */
  handBack(): void {
    const taken = this.#taken;
    if (taken === undefined || taken.begun) return;
    this.#taken = undefined;
    this.#ports.handBack(taken.run, taken.permit);
  }
}
