import { configure } from "../config/presets.ts";
import type { RuntimeConfig } from "../config/types.ts";
import type { AdmissionPolicy } from "../machines/contracts/admission-policy.ts";
import type { Alerts } from "./alerts/alerts.ts";
import type { Measurements } from "./control/measurements.ts";
import type { Degradation } from "./control/orders/degradation.ts";
import type { DegradationMetrics } from "./degradation/metrics.ts";
import type { HistoryPage, HistoryQuestion } from "./degradation/mode-history.ts";
import { type CallOptions, type CallOutcome, type CallWork, callDependency } from "./dependencies/call.ts";
import type { Dependency } from "./dependencies/dependency.ts";
import { HoldfastError, MisuseError } from "./errors.ts";
import { type HealthSummary, healthSummary } from "./runtime-health.ts";
import { type Readiness, readinessOf } from "./runtime-readiness.ts";
import type { MemoryPressureCallback } from "./memory-pressure.ts";
import type { Explanation } from "./explain/explanation.ts";
import type { AnyOperationDefinition, InputOf, ValueOf } from "./operations/define-operation.ts";
import type {
  EndedPage,
  EndedQuestion,
  OperationResult,
  OperationView,
  Page,
  WaitingState,
} from "./operations/operation-view.ts";
import type { Outcome } from "./operations/outcome.ts";
import type { Principal } from "./operations/principal.ts";
import { mayKnowOf, unknownOperationRefusal } from "./operations/refusals.ts";
import type { SubmitOptions } from "./operations/submit.ts";
import type { CancelOutcome } from "./queue/cancel.ts";
import type { ControlAction } from "./queue/journal.ts";
import type { QueueReads } from "./queue/queue-reads.ts";
import type { DeadLetters } from "./queue/dead-letters.ts";
import { assemble, type RuntimeParts } from "./runtime-assembly.ts";
import type { RuntimeEvents } from "./runtime-events.ts";
import type { Machines } from "./runtime-machines.ts";
import type { LiveFigures } from "./live/live-figures.ts";
import type { RuntimeBackup, RuntimeBackupOptions } from "./runtime-backups.ts";
import type { RuntimeFeeds } from "./runtime-feeds.ts";
import { runtimeInstruments } from "./runtime-instruments.ts";
import { RuntimeLife } from "./runtime-life.ts";
import type { RuntimeOptions } from "./runtime-options.ts";
import type { Tokens } from "./security/access/tokens.ts";
import type { Instrument } from "./telemetry/instrument.ts";
import { observeInstruments } from "./telemetry/observe-instruments.ts";
import { activeTracing, lookForTracing } from "./telemetry/tracing.ts";
import { type RuntimePhase, type RuntimeStatus, runtimeStatus } from "./runtime-status.ts";

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
  lookForTracing();
  const parts = await assemble(options, config);
  const runtime = new Runtime(parts, config, options.monitoring !== false);
  if (options.autoStart !== false) await runtime.start();
  return runtime;
}

export class Runtime implements AsyncDisposable {
  readonly config: RuntimeConfig;
  readonly deadLetters: DeadLetters;
  readonly alerts: Alerts;
  /** Credentials of remote callers. */
  readonly tokens: Tokens;
  /** What persons do about it: pins, thresholds, breakers, incidents. */
  readonly degradation: Degradation;
  /** Transitions and alerts as they happen, for those who follow from afar and may lose the connection. */
  readonly feeds: RuntimeFeeds;
  /** The statecharts, who lives of them, and what they were at a moment. */
  readonly machines: Machines;
  /** The last ten minutes by the second, for charts. */
  readonly live: LiveFigures;
  /** The queue as a whole, and its lanes. */
  readonly queue: QueueReads;
  readonly #parts: RuntimeParts;
  readonly #life: RuntimeLife;
  readonly #stopObserving: () => void;

  /** @internal Made by `createRuntime`. */
  constructor(parts: RuntimeParts, config: RuntimeConfig, isMonitored: boolean) {
    this.#parts = parts;
    this.#life = new RuntimeLife(parts, { isMonitored, stopWithinMs: config.stopWithinMs });
    this.config = config;
    this.deadLetters = parts.deadLetters;
    this.alerts = parts.alerting.alerts;
    this.tokens = parts.tokens;
    this.degradation = parts.degradation;
    this.feeds = parts.feeds;
    this.#stopObserving = observeInstruments(() => this.instruments(), parts.events.meters);
    this.machines = parts.machines;
    this.live = parts.live;
    this.queue = parts.queue;
  }

  get phase(): RuntimePhase {
    return this.#life.phase;
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
  start(): Promise<void> {
    return this.#life.start();
  }

  /**
   * Takes nothing new, lets what is in flight end within `stopWithinMs` (configuration) and hands back the rest:
   * it waits on disk for the next start. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopObserving();
    return this.#life.stop();
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
      const { submitter, registry, principal } = this.#life.running;
      const operation = registry.of(definition);
      const all = { ...options, principal: options.principal ?? principal };
      const tracing = activeTracing();
      const outcome =
        tracing === undefined
          ? submitter.submit(operation, input, all)
          : tracing.submit(definition.name, () => submitter.submit(operation, input, all));
      return outcome as Promise<Outcome<ValueOf<Definition>>>;
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
    const { submitter, registry, principal } = this.#life.running;
    if (!definition.queueable)
      throw new MisuseError("not_queueable", `The operation ${definition.name} is not queueable; use submit.`);
    const operation = registry.of(definition);
    const all = { ...options, principal: options.principal ?? principal };
    const enqueue = (): Promise<Outcome> => submitter.enqueue(operation, input, all);
    return (await (activeTracing()?.submit(definition.name, enqueue) ?? enqueue())) as Outcome<ValueOf<Definition>>;
  }

  /** `submit` by name, for callers whose input has no type here (remote ones): an unknown name is a refusal. */
  async submitByName(
    name: string,
    input: unknown,
    options: SubmitOptions & { readonly enqueue?: boolean } = {},
  ): Promise<Outcome> {
    const { submitter, registry, principal } = this.#life.running;
    const operation = registry.byName(name);
    const by = options.principal ?? principal;
    if (operation === undefined || !mayKnowOf(operation.definition, by))
      return unknownOperationRefusal(name, this.operations, by);
    const { enqueue, ...rest } = options;
    const all = { ...rest, principal: by };
    const submit = (): Promise<Outcome> =>
      enqueue === true && operation.definition.queueable
        ? submitter.enqueue(operation, input, all)
        : submitter.submit(operation, input, all);
    return activeTracing()?.submit(name, submit) ?? submit();
  }

  /** How an operation ended; `pending` while it has not. With `waitMs`, waits that long for the end. */
  async result(operationId: string, options: { readonly waitMs?: number } = {}): Promise<OperationResult> {
    return this.#life.readable.reads.result(operationId, options.waitMs ?? 0);
  }

  /** Where an operation is in its life; undefined for an unknown id. */
  async get(operationId: string): Promise<OperationView | undefined> {
    return this.#life.readable.reads.get(operationId);
  }

  /** Waiting operations in one state, in order of acceptance, in pages. */
  async list(options: {
    readonly state: WaitingState;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<Page<OperationView>> {
    return this.#life.readable.reads.list(options);
  }

  /** How operations ended, newest first, in pages, as long as ends are kept. */
  async ended(question: EndedQuestion = {}): Promise<EndedPage> {
    return this.#life.readable.reads.ended(question);
  }

  /** Ends an operation that has not begun. One that may have had an effect is fenced first (`closing`). */
  async cancel(
    operationId: string,
    options: { readonly reason: string; readonly principal?: Principal },
  ): Promise<CancelOutcome> {
    return this.#life.running.cancel(operationId, options);
  }

  /**
   * Why: of an operation (its id), of a transition or an alert (`transition:12`, `alert:3`), or of what is in force
   * (`now`). As data and as sentences; undefined for what is not known (any more). For a refusal, which leaves nothing
   * in the store, there is `explainOutcome`.
   *
   * @example for (const line of (await runtime.explain(outcome.operationId))?.lines ?? []) console.log(line);
   */
  async explain(target: string): Promise<Explanation | undefined> {
    return this.#life.readable.explainer.explain(target);
  }

  /** How the service degraded and came back, by time and mode, in pages: pass `next` as `after`. */
  async history(question: HistoryQuestion = {}): Promise<HistoryPage> {
    return this.#life.readable.record.history.page(question);
  }

  /** How long each mode was in force, how often the service degraded, and whether the queue is being processed. */
  async degradationMetrics(): Promise<DegradationMetrics> {
    return this.#life.readable.record.metrics();
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
      const { registry, calls } = this.#life.running;
      const managed = registry.dependency(dependency.name);
      const tracing = activeTracing();
      return tracing === undefined
        ? callDependency(managed, work, options, calls)
        : tracing.call(managed.name, () => callDependency(managed, work, options, calls));
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
      await this.#life.running.journal.written();
    } catch (cause) {
      if (cause instanceof MisuseError) throw cause;
      const what = "What was ordered is so now, but could not be written: a restart forgets it.";
      throw new HoldfastError("not_recorded", what, { cause, retryable: true });
    }
  }

  /**
   * Has the audit know of what a person did beside the runtime's own actions. Rides in the journal's next commit.
   *
   * @internal For the routers.
   */
  recordAction(action: Omit<ControlAction, "at">): void {
    const { journal, clock } = this.#life.running;
    journal.recordControlAction({ at: clock.now(), ...action });
  }

  /** Listens; returns a function that takes this back. A listener that throws is logged and disturbs nobody. */
  on<Name extends keyof RuntimeEvents>(name: Name, listener: (event: RuntimeEvents[Name]) => void): () => void {
    return this.#parts.events.on(name, listener);
  }

  /**
   * Reads the sensors from now on, once per `sensing.intervalMs`; what they say feeds the triggers. Does nothing while
   * it does already.
   *
   * @throws MisuseError `not_running`
   */
  startMonitoring(): void {
    this.#life.startMonitoring();
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

  /**
   * Copies the journal as it is now, while it works, and checks the copy: it is complete and readable, or not there.
   *
   * @throws MisuseError `reason_missing`, `no_backup_directory`, `file_exists`; HoldfastError `backup_in_progress`
   * @throws StorageError `backup_damaged`, `storage_full`, `storage_failed`
   * @example await runtime.backup({ file: "./backups/monday.db", reason: "before the upgrade" });
   */
  async backup(options: RuntimeBackupOptions): Promise<RuntimeBackup> {
    return this.#life.running.backups.create(options);
  }

  /** Healthy, degraded or critical: why, and what to do about it. By measured facts; what is not measured is no news. */
  health(): HealthSummary {
    return healthSummary(this.status(), this.config.queue);
  }

  /** Whether work may be sent here. Degraded is ready. */
  readiness(): Readiness {
    return readinessOf(this.status());
  }

  /** What is measured, for whoever shows it elsewhere: `/metrics` of the server does, and OpenTelemetry where it is set up. */
  instruments(): readonly Instrument[] {
    return runtimeInstruments({
      status: this.status(),
      meters: this.#parts.events.meters,
      unresolvedAlerts: this.alerts.unresolved,
      subscribers: this.feeds.transitions.readers + this.feeds.alerts.readers,
    });
  }

  status(): RuntimeStatus {
    return runtimeStatus(this.#parts, this.phase);
  }
}

const NO_OPTIONS: CallOptions = Object.freeze({});
