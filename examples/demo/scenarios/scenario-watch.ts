import type { ModeTransition } from "../messages.ts";
import { Waiting } from "../waiting.ts";
import type { LoadReport, LoadStatus, PhaseOfLoad, ServiceReport, ServiceStatus } from "./messages.ts";
import type { Trouble } from "./troubles.ts";

/** Everything the director has heard so far of one arm. */
export interface HeardOfArm {
  readonly service: ServiceStatus | undefined;
  /** False while the service's process is being started again. */
  readonly isUp: boolean;
  readonly port: number | undefined;
  readonly transitions: readonly ModeTransition[];
  readonly breakerOpenings: number;
  readonly lowestLimit: number;
  readonly highestHeapShare: number;
  readonly pages: readonly string[];
  /** Dead letters that were there when all was over, and were retried; undefined before anybody has looked. */
  readonly deadLetters: number | undefined;
  readonly troublesBegun: readonly Trouble["kind"][];
  readonly loadReady: boolean;
  readonly load: LoadStatus | undefined;
  readonly finished: readonly PhaseOfLoad[] | undefined;
}

const NOTHING: HeardOfArm = {
  service: undefined,
  isUp: false,
  port: undefined,
  transitions: [],
  breakerOpenings: 0,
  lowestLimit: Number.POSITIVE_INFINITY,
  highestHeapShare: 0,
  pages: [],
  deadLetters: undefined,
  troublesBegun: [],
  loadReady: false,
  load: undefined,
  finished: undefined,
};

/** Collects what the processes of one arm report. */
export class ScenarioWatch {
  #heard: HeardOfArm = NOTHING;
  readonly #waiting: Waiting<HeardOfArm>;

  constructor(signal: AbortSignal) {
    this.#waiting = new Waiting(signal, () => this.#heard);
  }

  get heard(): HeardOfArm {
    return this.#heard;
  }

  hearService(report: ServiceReport): void {
    const { transitions, breakerOpenings, lowestLimit, highestHeapShare, pages, troublesBegun } = this.#heard;
    if (report.type === "ready") this.#note({ port: report.port, isUp: true });
    else if (report.type === "status") {
      const { limit, heapShare } = report.status;
      this.#note({
        service: report.status,
        lowestLimit: Math.min(lowestLimit, limit),
        highestHeapShare: Math.max(highestHeapShare, heapShare),
      });
    } else if (report.type === "mode") this.#note({ transitions: [...transitions, report.transition] });
    else if (report.type === "breaker")
      this.#note({ breakerOpenings: breakerOpenings + (report.to === "open" ? 1 : 0) });
    else if (report.type === "trouble_begun") this.#note({ troublesBegun: [...troublesBegun, report.kind] });
    else if (report.type === "dead_letters_retried") this.#note({ deadLetters: report.count });
    else if (report.type === "page") this.#note({ pages: [...pages, `${report.subject}: ${report.what}`] });
    else this.fail(new Error(`The service failed: ${report.message}`));
  }

  hearLoad(report: LoadReport): void {
    if (report.type === "ready") this.#note({ loadReady: true });
    else if (report.type === "status") this.#note({ load: report.status });
    else if (report.type === "finished") this.#note({ finished: report.phases });
    else this.fail(new Error(`The load failed: ${report.message}`));
  }

  /** The service's process is gone; another one takes its place. */
  hearDeath(): void {
    this.#note({ isUp: false, service: undefined });
  }

  fail(error: Error): void {
    this.#waiting.fail(error);
  }

  until<Found>(find: (heard: HeardOfArm) => Found | undefined | false): Promise<Found> {
    return this.#waiting.until(find);
  }

  #note(news: Partial<HeardOfArm>): void {
    this.#heard = { ...this.#heard, ...news };
    this.#waiting.look();
  }
}
