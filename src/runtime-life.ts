import type { ControlPlane } from "./control/control-plane.ts";
import { stoppingReason } from "./dependencies/attempts-in-flight.ts";
import { MisuseError } from "./errors.ts";
import type { RuntimeParts } from "./runtime-assembly.ts";
import type { RuntimePhase } from "./runtime-status.ts";
import type { TimerWheel } from "./timer-wheel.ts";

export interface LifeSettings {
  /** Sensors are read from `start()` on. */
  readonly isMonitored: boolean;
  /** How long what is in flight has to end when the runtime stops. */
  readonly stopWithinMs: number;
}

/** How long `start` waits for the first probes, so that a healthy service does not begin with a queue. */
const FIRST_PROBES_MS = 1_000;

/** How long handlers have, after they were told to end, before the process goes on without them. */
const HAND_BACK_MS = 1_000;

/** The life of a runtime, opened > running > stopping > stopped: the order in which its parts begin and end. */
export class RuntimeLife {
  readonly #parts: RuntimeParts;
  readonly #settings: LifeSettings;
  #phase: Exclude<RuntimePhase, "storage_lost"> = "opened";
  #stopped: Promise<void> | undefined;

  constructor(parts: RuntimeParts, settings: LifeSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  get phase(): RuntimePhase {
    return this.#phase === "running" && this.#parts.storage.state === "lost" ? "storage_lost" : this.#phase;
  }

  /**
   * The parts, for whatever needs them at work. Stopping too: what is in flight may still need a call.
   *
   * @throws MisuseError `not_running`
   */
  get running(): RuntimeParts {
    if (this.#phase === "opened")
      throw new MisuseError("not_running", "The runtime has not been started; await runtime.start() first.");
    return this.readable;
  }

  /**
   * The parts, for whatever reads: before the start too.
   *
   * @throws MisuseError `not_running`
   */
  get readable(): RuntimeParts {
    if (this.#phase === "stopped")
      throw new MisuseError("not_running", "The runtime has been stopped; create a new one.");
    return this.#parts;
  }

  /** Waits up to a second for the first answers of the dependencies, and not for one that is down. */
  async start(): Promise<void> {
    if (this.#phase !== "opened") return;
    this.#phase = "running";
    const { control, registry, journal, dispatcher, fences, retention, clock, alerting, record, live, queue, wheel } =
      this.#parts;
    const lostMs = Math.max(0, clock.now() - journal.opened.lastWrittenAt);
    control.start(journal.opened.records, journal.opened.lastWrittenAt === 0 ? 0 : lostMs);
    alerting.review();
    record.start();
    live.start();
    queue.start();
    retention.start();
    fences.wake();
    dispatcher.pump();
    if (this.#settings.isMonitored) this.startMonitoring();
    await firstAnswers(control, registry.dependencies.size, wheel);
  }

  /** @throws MisuseError `not_running` */
  startMonitoring(): void {
    const { monitoring } = this.running;
    if (this.#phase === "running") monitoring.start();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const {
      submitter,
      dispatcher,
      attempts,
      acknowledgements,
      fences,
      retention,
      control,
      feeds,
      registry,
      journal,
      reader,
      wheel,
      waiters,
      record,
      live,
      queue,
      monitoring,
    } = this.#parts;
    this.#phase = "stopping";
    monitoring.stop();
    submitter.stop();
    retention.stop();
    fences.stop();
    const idle = Promise.all([dispatcher.stop(), attempts.idle()]);
    await within(wheel, this.#settings.stopWithinMs, idle);
    attempts.endAll(stoppingReason());
    await within(wheel, HAND_BACK_MS, idle);
    await acknowledgements.stop();
    waiters.releaseAll();
    control.stop();
    feeds.close();
    live.stop();
    record.stop();
    queue.stop();
    // The writer last: only the last connection to close leaves a single file, and a reader cannot write it.
    await reader.close();
    await journal.shutDown();
    await Promise.allSettled([...registry.dependencies.values()].map(({ connection }) => connection.close()));
    wheel.stop();
    this.#phase = "stopped";
  }
}

/** Waits for something, but not longer. */
async function within(wheel: TimerWheel, limitMs: number, something: Promise<unknown>): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = wheel.add(limitMs, limit.resolve);
  await Promise.race([something, limit.promise]);
  timer.cancel();
}

async function firstAnswers(control: ControlPlane, dependencies: number, wheel: TimerWheel): Promise<void> {
  const answered = (): boolean =>
    Object.values(control.policy.dependencies).filter(({ state }) => state !== "probing").length >= dependencies;
  if (answered()) return;
  const all = Promise.withResolvers<void>();
  const stopListening = control.onPolicy(() => answered() && all.resolve());
  await Promise.race([all.promise, wheel.pause(FIRST_PROBES_MS)]);
  stopListening();
}
