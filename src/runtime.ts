import { configure } from "../config/presets.ts";
import type { PartialRuntimeConfig, RuntimeConfig } from "../config/types.ts";
import type { AdmissionPolicy } from "../machines/contracts/admission-policy.ts";
import type { Alerts } from "./alerts/alerts.ts";
import type { ControlPlane } from "./control/control-plane.ts";
import type { Measurements } from "./control/measurements.ts";
import type { SensorReadings } from "./control/sensors/replaced.ts";
import type { Degradation } from "./control/orders/degradation.ts";
import type { DegradationMetrics } from "./degradation/metrics.ts";
import type { HistoryPage, HistoryQuestion } from "./degradation/mode-history.ts";
import { type CallOptions, type CallOutcome, type CallWork, callDependency } from "./dependencies/call.ts";
import { stoppingReason } from "./dependencies/attempts-in-flight.ts";
import type { Dependency } from "./dependencies/dependency.ts";
import { HoldfastError, MisuseError } from "./errors.ts";
import type { MemoryPressureCallback } from "./memory-pressure.ts";
import type { Explanation } from "./explain/explanation.ts";
import type { AnyOperationDefinition, InputOf, ValueOf } from "./operations/define-operation.ts";
import type { OperationReads } from "./operations/operation-reads.ts";
import type { OperationResult, OperationView, Page, WaitingState } from "./operations/operation-view.ts";
import type { Outcome } from "./operations/outcome.ts";
import type { Principal } from "./operations/principal.ts";
import type { SubmitOptions } from "./operations/submit.ts";
import type { Clock, Logger, Random } from "./ports.ts";
import type { CancelOutcome } from "./queue/cancel.ts";
import type { DeadLetters } from "./queue/dead-letters.ts";
import { assemble, type RuntimeParts } from "./runtime-assembly.ts";
import type { RuntimeEvents } from "./runtime-events.ts";
import type { RuntimeFeeds } from "./runtime-feeds.ts";
import { type RuntimePhase, type RuntimeStatus, runtimeStatus } from "./runtime-status.ts";

export interface RuntimeOptions<
  Operations extends readonly AnyOperationDefinition[] = readonly AnyOperationDefinition[],
> {
  /** Folder of the journal. Made when missing; one runtime at a time. */
  readonly dataDirectory: string;
  readonly operations: Operations;
  /** Dependencies that no operation names, for `runtime.call`. */
  readonly dependencies?: readonly Dependency[];
  /** Who the embedding service is; default `service` with every permission. */
  readonly principal?: Principal;
  readonly config?: PartialRuntimeConfig;
  /** False opens the store but executes nothing before `start()`. Default true. */
  readonly autoStart?: boolean;
  /** False reads no sensor before `startMonitoring()`. Default true: with `start()`. */
  readonly monitoring?: boolean;
  /** Readings in the place of the built-in sensors. */
  readonly sensors?: SensorReadings;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * Opens the journal in `dataDirectory`, connects the dependencies (which may be down) and begins to work.
 *
 * @throws MisuseError `duplicate_definition`, `duplicate_dependency`, `invalid_definition`, `invalid_options`
 * @throws StorageError `data_directory_in_use` (says by whom), `database_newer`, `database_corrupt`
 */
export async function createRuntime<const Operations extends readonly AnyOperationDefinition[]>(
  options: RuntimeOptions<Operations>,
): Promise<Runtime> {
  const config = configure(options.config);
  const parts = await assemble(options, config);
  const runtime = new Runtime(parts, config, options.monitoring !== false);
  if (options.autoStart !== false) await runtime.start();
  return runtime;
}

/** How long `start` waits for the first probes, so that a healthy service does not begin with a queue. */
const FIRST_PROBES_MS = 1_000;

export class Runtime implements AsyncDisposable {
  readonly config: RuntimeConfig;
  readonly deadLetters: DeadLetters;
  readonly alerts: Alerts;
  /** What persons do about it: pins, thresholds, breakers, incidents. */
  readonly degradation: Degradation;
  /** Transitions and alerts as they happen, for those who follow from afar and may lose the connection. */
  readonly feeds: RuntimeFeeds;
  readonly #parts: RuntimeParts;
  readonly #isMonitored: boolean;
  #phase: Exclude<RuntimePhase, "storage_lost"> = "opened";
  #stopped: Promise<void> | undefined;

  /** @internal Made by `createRuntime`. */
  constructor(parts: RuntimeParts, config: RuntimeConfig, isMonitored: boolean) {
    this.#parts = parts;
    this.#isMonitored = isMonitored;
    this.config = config;
    this.deadLetters = parts.deadLetters;
    this.alerts = parts.alerting.alerts;
    this.degradation = parts.degradation;
    this.feeds = parts.feeds;
  }

  get phase(): RuntimePhase {
    return this.#phase === "running" && this.#parts.storage.state === "lost" ? "storage_lost" : this.#phase;
  }

  /**
   * The admission policy in force, which `submit` and `call` read too: a property read. It never changes in place: ask
   * again for the next one, or listen to `policy`.
   *
   * @example if (runtime.policy.byPriority.low === "run") prefetch();
   */
  get policy(): AdmissionPolicy {
    return this.#parts.control.policy;
  }

  /** The definitions this runtime executes. */
  get operations(): readonly AnyOperationDefinition[] {
    return this.#parts.registry.operations.map(({ definition }) => definition);
  }

  /** Begins to execute. Waits up to a second for the first answers of the dependencies, and not for one that is down. */
  async start(): Promise<void> {
    if (this.#phase !== "opened") return;
    this.#phase = "running";
    const { control, registry, journal, dispatcher, fences, retention, clock, alerting, record } = this.#parts;
    const lostMs = Math.max(0, clock.now() - journal.opened.lastWrittenAt);
    control.start(journal.opened.records, journal.opened.lastWrittenAt === 0 ? 0 : lostMs);
    alerting.review();
    record.start();
    retention.start();
    fences.wake();
    dispatcher.pump();
    if (this.#isMonitored) this.startMonitoring();
    await firstAnswers(control, registry.dependencies.size, this.#parts.wheel);
  }

  /**
   * Takes nothing new, lets what is in flight end within `stopWithinMs` (configuration) and hands back the rest:
   * it waits on disk for the next start. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Executes an operation, or puts it on disk when it cannot be executed now. Answers with a value, always:
   * `completed`, `queued`, `refused` or `failed`.
   *
   * @throws MisuseError `unknown_operation`, `not_running`
   */
  submit<Definition extends AnyOperationDefinition>(
    definition: Definition,
    input: InputOf<Definition>,
    options: SubmitOptions = {},
  ): Promise<Outcome<ValueOf<Definition>>> {
    // Not async: its frame would hold the input for as long as the caller waits.
    try {
      const { submitter, registry, principal } = this.#running();
      return submitter.submit(registry.of(definition), input, {
        ...options,
        principal: options.principal ?? principal,
      }) as Promise<Outcome<ValueOf<Definition>>>;
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** `submit` for several inputs of one definition, which share commits. Outcomes are in the order of the inputs. */
  submitMany<Definition extends AnyOperationDefinition>(
    definition: Definition,
    inputs: readonly InputOf<Definition>[],
    options: SubmitOptions = {},
  ): Promise<readonly Outcome<ValueOf<Definition>>[]> {
    return Promise.all(inputs.map((input) => this.submit(definition, input, options)));
  }

  /** Puts an operation on disk and answers `queued` at once; it is executed as soon as it may. */
  async enqueue<Definition extends AnyOperationDefinition>(
    definition: Definition,
    input: InputOf<Definition>,
    options: SubmitOptions = {},
  ): Promise<Outcome<ValueOf<Definition>>> {
    const { submitter, registry, principal } = this.#running();
    if (!definition.queueable)
      throw new MisuseError("not_queueable", `The operation ${definition.name} is not queueable; use submit.`);
    return (await submitter.enqueue(registry.of(definition), input, {
      ...options,
      principal: options.principal ?? principal,
    })) as Outcome<ValueOf<Definition>>;
  }

  /** `submit` by name, for callers whose input has no type here (remote ones): an unknown name is a refusal. */
  async submitByName(
    name: string,
    input: unknown,
    options: SubmitOptions & { readonly enqueue?: boolean } = {},
  ): Promise<Outcome> {
    const { submitter, registry, principal } = this.#running();
    const operation = registry.byName(name);
    if (operation === undefined)
      return {
        status: "refused",
        reason: "unknown_operation",
        message: `There is no operation ${JSON.stringify(name)} here; there are: ${registry.operations.map(({ definition }) => definition.name).join(", ")}.`,
        retryable: false,
        retryAfterSeconds: 0,
      };
    const { enqueue, ...rest } = options;
    return enqueue === true && operation.definition.queueable
      ? submitter.enqueue(operation, input, { ...rest, principal: rest.principal ?? principal })
      : submitter.submit(operation, input, { ...rest, principal: rest.principal ?? principal });
  }

  /** How an operation ended; `pending` while it has not. With `waitMs`, waits that long for the end. */
  async result(operationId: string, options: { readonly waitMs?: number } = {}): Promise<OperationResult> {
    return this.#reads().result(operationId, options.waitMs ?? 0);
  }

  /** Where an operation is in its life; undefined for an unknown id. */
  async get(operationId: string): Promise<OperationView | undefined> {
    return this.#reads().get(operationId);
  }

  /** Waiting operations in one state, in order of acceptance, in pages. */
  async list(options: {
    readonly state: WaitingState;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<Page<OperationView>> {
    return this.#reads().list(options);
  }

  /** Ends an operation that has not begun. One that may have had an effect is fenced first (`closing`). */
  async cancel(
    operationId: string,
    options: { readonly reason: string; readonly principal?: Principal },
  ): Promise<CancelOutcome> {
    return this.#running().cancel(operationId, options);
  }

  /**
   * Why: of an operation (its id), of a transition or an alert (`transition:12`, `alert:3`), or of what is in force
   * (`now`). As data and as sentences; undefined for what is not known (any more). For a refusal, which leaves nothing
   * in the store, there is `explainOutcome`.
   *
   * @example for (const line of (await runtime.explain(outcome.operationId))?.lines ?? []) console.log(line);
   */
  async explain(target: string): Promise<Explanation | undefined> {
    this.#reads();
    return this.#parts.explainer.explain(target);
  }

  /** How the service degraded and came back, by time and mode, in pages: pass `next` as `after`. */
  async history(question: HistoryQuestion = {}): Promise<HistoryPage> {
    this.#reads();
    return this.#parts.record.history.page(question);
  }

  /** How long each mode was in force, how often the service degraded, and whether the queue is being processed. */
  async degradationMetrics(): Promise<DegradationMetrics> {
    this.#reads();
    return this.#parts.record.metrics();
  }

  /**
   * The pipeline without an operation: breaker, concurrency limit, timeout, retry; nothing on disk.
   *
   * @throws MisuseError `missing_dependency`
   */
  call<Value>(
    dependency: Dependency,
    work: CallWork<Value>,
    options: CallOptions = NO_OPTIONS,
  ): Promise<CallOutcome<Value>> {
    try {
      const { registry, calls } = this.#running();
      return callDependency(registry.dependency(dependency.name), work, options, calls);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /**
   * Resolves when everything that persons have ordered until now is on disk: pins, thresholds, orders to breakers,
   * alerts. They are true when they return; from here on a kill of the process does not undo them either.
   *
   * @throws HoldfastError `not_recorded`: true now, and forgotten by a restart
   * @example
   * runtime.degradation.pin("emergency_mode", { reason: "graph host being replaced", forMs: 30 * 60_000 });
   * await runtime.recorded();
   */
  async recorded(): Promise<void> {
    try {
      await this.#running().journal.written();
    } catch (cause) {
      if (cause instanceof MisuseError) throw cause;
      const what = "What was ordered is so now, but could not be written: a restart forgets it.";
      throw new HoldfastError("not_recorded", what, { cause, retryable: true });
    }
  }

  /** Listens; returns a function that takes this back. A listener that throws is logged and disturbs nobody. */
  on<Name extends keyof RuntimeEvents>(name: Name, listener: (event: RuntimeEvents[Name]) => void): () => void {
    return this.#parts.events.on(name, listener);
  }

  /** Asks a dependency's breaker for a probe now. False when its actor is down. */
  requestProbe(dependency: string, by: string): boolean {
    return this.#running().control.requestProbe(dependency, { actor: `person:${by}`, what: "a probe was asked for" });
  }

  /**
   * Reads the sensors from now on, once per `sensing.intervalMs`; what they say feeds the triggers. Does nothing while
   * it does already.
   *
   * @throws MisuseError `not_running`
   */
  startMonitoring(): void {
    const { monitoring } = this.#running();
    if (this.#phase === "running") monitoring.start();
  }

  /**
   * Reads no sensor from now on. Triggers are `unknown` meanwhile: what is raised stays raised, and so do the modes that
   * answer to it; no dwell goes on. Idempotent.
   */
  stopMonitoring(): void {
    this.#parts.monitoring.pause();
  }

  /** What the sensors measured last; undefined before the first reading and while nothing is monitored. */
  measurements(): Measurements | undefined {
    return this.#parts.monitoring.measurements;
  }

  /**
   * Has `callback` called when memory runs short: the first remedy, before anything is slowed down. It gives memory
   * back (empties a cache) and settles within 5 s. Returns a function that takes this back.
   *
   * @example
   * const stopListening = runtime.onMemoryPressure(() => cache.clear());
   *
   * @throws MisuseError `invalid_options`, `too_many_callbacks` (from the 65th on)
   */
  onMemoryPressure(callback: MemoryPressureCallback): () => void {
    return this.#parts.monitoring.onMemoryPressure(callback);
  }

  status(): RuntimeStatus {
    return runtimeStatus(this.#parts, this.phase);
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
      registry,
      journal,
      reader,
      wheel,
      waiters,
      record,
      monitoring,
    } = this.#parts;
    this.#phase = "stopping";
    monitoring.stop();
    submitter.stop();
    retention.stop();
    fences.stop();
    const idle = Promise.all([dispatcher.stop(), attempts.idle()]);
    await this.#within(this.config.stopWithinMs, idle);
    attempts.endAll(stoppingReason());
    await this.#within(HAND_BACK_MS, idle);
    await acknowledgements.stop();
    waiters.releaseAll();
    control.stop();
    this.feeds.close();
    record.stop();
    // The writer last: only the last connection to close leaves a single file, and a reader cannot write it.
    await reader.close();
    await journal.shutDown();
    await Promise.allSettled([...registry.dependencies.values()].map(({ connection }) => connection.close()));
    wheel.stop();
    this.#phase = "stopped";
  }

  /** Waits for something, but not longer. */
  async #within(limitMs: number, something: Promise<unknown>): Promise<void> {
    const limit = Promise.withResolvers<void>();
    const timer = this.#parts.wheel.add(limitMs, limit.resolve);
    await Promise.race([something, limit.promise]);
    timer.cancel();
  }

  #running(): RuntimeParts {
    if (this.#phase === "opened")
      throw new MisuseError("not_running", "The runtime has not been started; await runtime.start() first.");
    if (this.#phase === "stopped")
      throw new MisuseError("not_running", "The runtime has been stopped; create a new one.");
    return this.#parts;
  }

  #reads(): OperationReads {
    if (this.#phase === "stopped")
      throw new MisuseError("not_running", "The runtime has been stopped; create a new one.");
    return this.#parts.reads;
  }
}

const NO_OPTIONS: CallOptions = Object.freeze({});

/** How long handlers have, after they were told to end, before the process goes on without them. */
const HAND_BACK_MS = 1_000;

async function firstAnswers(control: ControlPlane, dependencies: number, wheel: RuntimeParts["wheel"]): Promise<void> {
  const answered = (): boolean =>
    Object.values(control.policy.dependencies).filter(({ state }) => state !== "probing").length >= dependencies;
  if (answered()) return;
  const all = Promise.withResolvers<void>();
  const stopListening = control.onPolicy(() => answered() && all.resolve());
  await Promise.race([all.promise, wheel.pause(FIRST_PROBES_MS)]);
  stopListening();
}
