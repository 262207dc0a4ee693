import { Child } from "../child.ts";
import type { Arm, ServiceCommand, ServiceReport, ServiceSettings } from "./messages.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioWatch } from "./scenario-watch.ts";
import type { Trouble } from "./troubles.ts";

/** Handing back takes the runtime up to its `stopWithinMs`. */
const STOPS_WITHIN_MS = 20_000;
/** What whoever watches over processes takes to start one again. */
const STARTED_AGAIN_AFTER_MS = 1_000;
/** A service that dies while it is being started is not started for ever. */
const MOST_RESTARTS = 20;

const FILES = {
  holdfast: new URL("service.ts", import.meta.url),
  control: new URL("bare-service.ts", import.meta.url),
};

/** Of two troubles with one subject, the later one holds. */
const SUBJECTS: Readonly<Record<Trouble["kind"], string>> = {
  cut: "way",
  restore: "way",
  slow: "speed",
  lossy: "connections",
  fail: "handlers",
  leak: "memory",
  mend: "memory",
};

/** A service's process, which is started again when it dies, on the same port, as it would be anywhere. */
export class ServiceProcess implements Disposable {
  readonly #arm: Arm;
  readonly #scenario: Scenario;
  readonly #watch: ScenarioWatch;
  #settings: ServiceSettings;
  #child: Child<ServiceCommand, ServiceReport>;
  #timer: NodeJS.Timeout | undefined;
  /** What lasts longer than one life of the process: a bad release is bad again after a restart. */
  readonly #lasting = new Map<string, Trouble>();
  restarts = 0;

  constructor(arm: Arm, scenario: Scenario, settings: ServiceSettings, watch: ScenarioWatch) {
    this.#arm = arm;
    this.#scenario = scenario;
    this.#settings = settings;
    this.#watch = watch;
    this.#child = this.#start();
  }

  async trouble(trouble: Trouble): Promise<void> {
    this.#lasting.set(SUBJECTS[trouble.kind], trouble.kind === "leak" ? { ...trouble, fillTo: 0 } : trouble);
    const begunBefore = this.#watch.heard.troublesBegun.length;
    this.#child.tell({ type: "trouble", trouble });
    // A process that dies of its trouble does not tell.
    await this.#watch.until(({ troublesBegun, isUp }) => troublesBegun.length > begunBefore || !isUp);
  }

  async retryDeadLetters(): Promise<void> {
    this.#child.tell({ type: "retry_dead_letters" });
    await this.#watch.until(({ deadLetters }) => deadLetters !== undefined);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#child.stop({ type: "stop" }, STOPS_WITHIN_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#child.kill();
  }

  #start(): Child<ServiceCommand, ServiceReport> {
    const { heapLimitMib } = this.#scenario;
    const child = new Child<ServiceCommand, ServiceReport>(
      `${this.#arm} service`,
      FILES[this.#arm],
      (report) => this.#watch.hearService(report),
      (error) => this.#startAgain(error),
      heapLimitMib === undefined ? [] : [`--max-old-space-size=${heapLimitMib}`],
    );
    child.tell({ type: "start", settings: this.#settings });
    return child;
  }

  #startAgain(error: Error): void {
    const { port } = this.#watch.heard;
    this.#watch.hearDeath();
    if (port === undefined || this.restarts >= MOST_RESTARTS) return this.#watch.fail(error);
    this.restarts += 1;
    this.#settings = { ...this.#settings, port };
    this.#timer = setTimeout(() => {
      this.#child = this.#start();
      for (const trouble of this.#lasting.values()) this.#child.tell({ type: "trouble", trouble });
    }, STARTED_AGAIN_AFTER_MS);
  }
}
