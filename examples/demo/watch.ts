import type { LoadReport, LoadStatus, ModeTransition, ServiceReport, ServiceStatus } from "./messages.ts";
import { Waiting } from "./waiting.ts";

/** Everything the director has heard so far. */
export interface Heard {
  readonly service: ServiceStatus | undefined;
  readonly load: LoadStatus | undefined;
  readonly port: number | undefined;
  readonly modes: readonly ModeTransition[];
  /** Times of the snapshots that began to queue, and of verified drains. */
  readonly queuesAt: readonly number[];
  readonly drainsVerifiedAt: readonly number[];
  readonly faultsAppliedAt: Readonly<Record<"cut" | "restore" | "swallow", number | undefined>>;
}

/** Collects what the other processes report, and lets the director wait for what it wants to see. */
export class Watch {
  readonly #waiting: Waiting<Heard>;
  readonly #modes: ModeTransition[] = [];
  readonly #queuesAt: number[] = [];
  readonly #drainsVerifiedAt: number[] = [];
  readonly #faultsAppliedAt: { cut?: number; restore?: number; swallow?: number } = {};
  #service: ServiceStatus | undefined;
  #load: LoadStatus | undefined;
  #port: number | undefined;

  /** `signal` ends every wait: the time limit, or Ctrl-C. */
  constructor(signal: AbortSignal) {
    this.#waiting = new Waiting(signal, () => this.heard);
  }

  get heard(): Heard {
    const { cut, restore, swallow } = this.#faultsAppliedAt;
    return {
      service: this.#service,
      load: this.#load,
      port: this.#port,
      modes: this.#modes,
      queuesAt: this.#queuesAt,
      drainsVerifiedAt: this.#drainsVerifiedAt,
      faultsAppliedAt: { cut, restore, swallow },
    };
  }

  hearService(report: ServiceReport): void {
    if (report.type === "ready") this.#port = report.port;
    else if (report.type === "status") this.#service = report.status;
    else if (report.type === "queues") this.#queuesAt.push(report.at);
    else if (report.type === "mode") this.#modes.push(report.transition);
    else if (report.type === "drain_verified") this.#drainsVerifiedAt.push(report.at);
    else if (report.type === "fault_applied") this.#faultsAppliedAt[report.fault] = report.at;
    else if (report.type === "page")
      return this.fail(new Error(`The service calls for a person: ${report.subject}: ${report.cause.what}.`));
    else return this.fail(new Error(`The service failed: ${report.message}`));
    this.#waiting.look();
  }

  hearLoad(report: LoadReport): void {
    if (report.type === "failed") return this.fail(new Error(`The load failed: ${report.message}`));
    this.#load = report.status;
    this.#waiting.look();
  }

  fail(error: Error): void {
    this.#waiting.fail(error);
  }

  /** Resolves when `find` finds something, looking again with every report. Rejects when a process has failed, or at the time limit. */
  until<Found>(find: (heard: Heard) => Found | undefined | false): Promise<Found> {
    return this.#waiting.until(find);
  }
}
