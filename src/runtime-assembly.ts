import type { RuntimeConfig } from "../config/types.ts";
import type { ControlPlane } from "./control/control-plane.ts";
import { checkReadings } from "./control/sensors/replaced.ts";
import { createControlPlane } from "./control/create-control-plane.ts";
import { Degradation } from "./control/orders/degradation.ts";
import { AttemptsInFlight } from "./dependencies/attempts-in-flight.ts";
import type { CallPorts } from "./dependencies/call.ts";
import { MisuseError } from "./errors.ts";
import { catalogOf, OperationRegistry } from "./operations/operation-registry.ts";
import { OperationReads } from "./operations/operation-reads.ts";
import type { Principal } from "./operations/principal.ts";
import type { RegisteredOperation } from "./operations/registered-operation.ts";
import { Submitter } from "./operations/submit.ts";
import { Waiters } from "./operations/waiters.ts";
import { storedChanges } from "./degradation/stored-changes.ts";
import { TimeTravel } from "./degradation/time-travel.ts";
import { Explainer } from "./explain/explainer.ts";
import { Past } from "./explain/past.ts";
import { checkNodeVersion } from "./node-version.ts";
import { type Clock, type Logger, type Random, silentLogger } from "./ports.ts";
import { AbandonedRuns } from "./queue/abandoned-runs.ts";
import { Acknowledgements } from "./queue/acknowledgements.ts";
import { AttemptedRows } from "./queue/attempted-rows.ts";
import { BatchExecutor } from "./queue/batch-executor.ts";
import { type CancelOutcome, checkReason } from "./queue/cancel.ts";
import { DeadLetters } from "./queue/dead-letters.ts";
import { Dispatcher } from "./queue/dispatcher.ts";
import { DrainChecks } from "./queue/drain-checks.ts";
import { Fences } from "./queue/fences.ts";
import type { Journal } from "./queue/journal.ts";
import { QueueReads } from "./queue/queue-reads.ts";
import { Retention } from "./queue/retention.ts";
import { queueNow } from "./live/queue-now.ts";
import { RunExecutor } from "./queue/run-executor.ts";
import type { RuntimeOptions } from "./runtime-options.ts";
import { Alerting } from "./runtime-alerts.ts";
import { Backups } from "./runtime-backups.ts";
import { Machines } from "./runtime-machines.ts";
import { DegradationRecord } from "./runtime-record.ts";
import { RuntimeEventBus, type RuntimeEvents } from "./runtime-events.ts";
import { connect, runnable } from "./runtime-connections.ts";
import { LiveFigures } from "./live/live-figures.ts";
import { RuntimeFeeds } from "./runtime-feeds.ts";
import { checkSensing, Monitoring } from "./runtime-monitoring.ts";
import { PERMISSIONS, SUBMIT_PERMISSION } from "./security/access/permissions.ts";
import { Tokens } from "./security/access/tokens.ts";
import { openJournal } from "./storage/open-journal.ts";
import { StorageHealth } from "./queue/storage-health.ts";
import { openReader, type Reader } from "./storage/open-reader.ts";
import { systemClock, systemRandom } from "./system-clock.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** Everything a runtime is made of, wired. */
export interface RuntimeParts {
  readonly principal: Principal;
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: TimerWheel;
  readonly waiters: Waiters;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly registry: OperationRegistry;
  readonly control: ControlPlane;
  readonly events: RuntimeEventBus;
  readonly attempts: AttemptsInFlight;
  readonly calls: CallPorts;
  readonly acknowledgements: Acknowledgements;
  readonly storage: StorageHealth;
  readonly monitoring: Monitoring;
  readonly dispatcher: Dispatcher;
  readonly submitter: Submitter;
  readonly fences: Fences;
  readonly retention: Retention;
  readonly reads: OperationReads;
  readonly deadLetters: DeadLetters;
  readonly alerting: Alerting;
  readonly tokens: Tokens;
  readonly degradation: Degradation;
  readonly feeds: RuntimeFeeds;
  readonly live: LiveFigures;
  readonly explainer: Explainer;
  readonly record: DegradationRecord;
  readonly machines: Machines;
  readonly queue: QueueReads;
  readonly backups: Backups;
  readonly cancel: (
    operationId: string,
    options: { readonly reason: string; readonly principal?: Principal },
  ) => Promise<CancelOutcome>;
}

/** What one fence, or one purge, in a dependency may take. */
const RECEIPT_CALL_TIMEOUT_MS = 10_000;

/**
 * Builds a runtime's parts and connects them, in the order of the diagram: the store, then the dependencies and
 * operations, the control plane over them, and the data plane that reads its policy.
 */
export async function assemble(options: RuntimeOptions, config: RuntimeConfig): Promise<RuntimeParts> {
  checkNodeVersion();
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const logger: Logger = options.logger ?? silentLogger;
  const principal: Principal = options.principal ?? { id: "service", permissions: "*" };
  if (typeof options.dataDirectory !== "string" || options.dataDirectory === "")
    throw new MisuseError(
      "invalid_options",
      "createRuntime needs a dataDirectory: the folder in which accepted operations are kept.",
    );
  const catalog = catalogOf(options.operations, options.dependencies ?? []);
  checkSensing(config.sensing);
  checkReadings(options.sensors, [...catalog.dependencies.keys()]);
  const wheel = new TimerWheel(clock);

  const journal = await openJournal({
    dataDirectory: options.dataDirectory,
    pools: catalog.poolNames,
    definitions: catalog.definitions.map(runnable),
    interruptionsBeforeAlone: config.operations.interruptionsBeforeAlone,
    maximumInterruptions: config.operations.maximumInterruptions,
    queue: config.queue,
    storage: config.storage,
    now: () => clock.now(),
    logger,
  });
  const reader = openReader({ dataDirectory: options.dataDirectory });
  const registry = new OperationRegistry(catalog, journal.opened, config, wheel.clock, logger);
  const events = new RuntimeEventBus(logger);
  const waiters = new Waiters();
  const abandoned = new AbandonedRuns(wheel, logger, config.operations.maximumAbandonedRuns);

  const known = new Map(journal.opened.knownDefinitions.map(({ id, name, version }) => [id, { name, version }]));
  const operationOf = (definitionId: number): RegisteredOperation | undefined =>
    registry.byName(known.get(definitionId)?.name ?? "");
  const receiptedOf = (poolId: number) =>
    registry.pool(poolId)?.dependencies.find(({ connection }) => connection.receipts !== undefined);
  const reads = new OperationReads({ database: reader.database, waiters, wheel });
  const drains = new DrainChecks({ journal, database: reader.database, registry, wheel });

  const control = createControlPlane({
    clock,
    random,
    logger,
    config,
    dependencies: [...registry.dependencies.values()].map((dependency) => ({
      name: dependency.name,
      breaker: dependency.breaker,
      probe: () => dependency.probe(),
      reconnect: () => dependency.reconnect(),
      ...drains.of(dependency),
    })),
    // What measures is built on what is controlled; nothing is relieved before both are there.
    relieveMemory: () => monitoring.relieveMemory(),
    measureMemory: () => monitoring.measureMemory(),
    restartWorker: () => journal.restart(),
    verifyWorker: () => journal.verify(),
    recordTransition: (transition) => journal.recordTransition(transition),
    saveRecord: (record) => journal.saveRecord(record),
  });
  const policy = () => control.policy;

  const storage = new StorageHealth();
  const alerting = new Alerting({
    config,
    principal,
    clock,
    logger,
    journal,
    reader,
    registry,
    control,
    storage,
    events,
  });
  const machines = () => control.status().actors.map(({ id }) => id);
  const record = new DegradationRecord({
    clock,
    journal,
    database: reader.database,
    control,
    wheel,
    machines,
    canClaim: () => dispatcher.canClaim,
    isAutoRecoveryOn: () => control.status().autoRecovery?.enabled ?? config.incident.autoRecovery,
  });
  const countEnd = (event: RuntimeEvents["ended"]) => {
    events.countEnd(event);
    record.counters.ended();
    alerting.ended(event);
  };

  const attempts = new AttemptsInFlight();
  const acknowledgements = new Acknowledgements(wheel, logger);
  const rows = new AttemptedRows({
    journal,
    acknowledgements,
    attempts,
    fenceTimeoutMs: RECEIPT_CALL_TIMEOUT_MS,
    waiters,
    wheel,
    clock,
    random,
    logger,
    config,
    abandoned,
    policy,
    versionOf: (definitionId) => known.get(definitionId)?.version ?? 1,
    onEnded: (event) => countEnd(event),
    onClosing: () => fences.wake(),
  });
  const batchSizes = new Map(
    [...known.keys()].flatMap((id): readonly [number, number][] => {
      const items = operationOf(id)?.definition.maximumBatchItems ?? 1;
      return items > 1 ? [[id, items]] : [];
    }),
  );
  const fences = new Fences({
    journal,
    waiters,
    wheel,
    logger,
    receiptedOf,
    skips: (definitionId) => operationOf(definitionId)?.definition.onDeadLetter === "skip",
    nameOf: (definitionId) => known.get(definitionId)?.name ?? "unknown",
    onEnded: (event) => countEnd(event),
    timeoutMs: RECEIPT_CALL_TIMEOUT_MS,
  });
  const dispatcher = new Dispatcher({
    journal,
    acknowledgements,
    storage,
    executor: new RunExecutor(rows),
    batchExecutor: new BatchExecutor(rows),
    batchSizes,
    pools: registry.pools,
    operationOf,
    policy,
    settings: config.queue,
    interruptionsBeforeAlone: config.operations.interruptionsBeforeAlone,
    clock,
    logger,
    wheel,
    onClosing: () => fences.wake(),
    onExpired: (sequences) => {
      for (const sequence of sequences) waiters.settle(sequence, { outcome: "expired" });
    },
  });
  const submitter: Submitter = new Submitter({
    journal,
    attempts,
    abandoned,
    dispatcher,
    waiters,
    wheel,
    clock,
    config,
    policy,
    poolOf: ({ poolId }) => registry.pool(poolId)!,
    isHeld: (name) => abandoned.isHeld(name),
    onOffDiskEnd: (end) => events.countOffDiskEnd(end),
    onAccepted: () => events.countAccepted(),
    find: (sequence) => reads.whereabouts(sequence),
  });
  const retention = new Retention({
    journal,
    wheel,
    logger,
    purgeable: (limit) => reads.purgeable(clock.now() - config.queue.endedRetentionMs, clock.now(), limit),
    receiptedOf,
    timeoutMs: RECEIPT_CALL_TIMEOUT_MS,
  });

  const monitoring = new Monitoring({
    config,
    readings: options.sensors ?? {},
    clock,
    logger,
    wheel,
    journal,
    reader,
    registry,
    attempts,
    storage,
    events,
    control,
  });

  connect({
    abandoned,
    acknowledgements,
    alerting,
    clock,
    control,
    dispatcher,
    events,
    fences,
    journal,
    logger,
    monitoring,
    registry,
    retention,
    storage,
    submitter,
    waiters,
  });

  const sequenceOf = (operationId: string) => reads.sequenceOf(operationId);
  const deadLetters = new DeadLetters(
    {
      journal,
      clock,
      list: (page) => reads.list({ state: "dead", ...page }),
      sequenceOf,
      expiresAfterMs: config.operations.expiresAfterMs,
      onDiscarded: (sequence) => waiters.settle(sequence, { outcome: "discarded" }),
    },
    principal,
  );

  return {
    principal,
    clock,
    random,
    wheel,
    waiters,
    journal,
    reader,
    registry,
    control,
    events,
    attempts,
    calls: { policy, wheel, clock, random, attempts, defaults: config.operations },
    acknowledgements,
    storage,
    monitoring,
    dispatcher,
    submitter,
    fences,
    retention,
    reads,
    deadLetters,
    alerting,
    feeds: new RuntimeFeeds(journal.opened.epoch, events, policy, storedChanges(reader.database, machines)),
    tokens: new Tokens(
      {
        clock,
        restored: journal.opened.tokens,
        save: (token, forget, action) => journal.saveToken(token, forget, action),
        record: (action) => journal.recordControlAction(action),
      },
      principal,
      new Set([
        ...PERMISSIONS,
        SUBMIT_PERMISSION,
        ...registry.operations.map(({ definition }) => definition.permission),
      ]),
    ),
    live: new LiveFigures(journal.opened.epoch, {
      wheel,
      clock,
      counters: events.live,
      queue: () => queueNow(journal.counts.values()),
    }),
    degradation: new Degradation({
      clock,
      principal,
      control,
      monitoring,
      pin: config.pin,
      record: (action) => journal.recordControlAction(action),
    }),
    record,
    backups: new Backups({
      dataDirectory: options.dataDirectory,
      backupDirectory: options.backupDirectory,
      clock,
      principal,
      record: (action) => journal.recordControlAction(action),
    }),
    queue: new QueueReads({
      database: reader.database,
      journal,
      clock,
      wheel,
      settings: config.queue,
      pendingSubmits: () => submitter.pendingSubmits,
    }),
    machines: new Machines(control, new TimeTravel(reader.database, () => control.liveActors())),
    explainer: new Explainer({
      database: reader.database,
      past: new Past(reader.database, machines),
      policy,
      alerts: () => alerting.alerts.unresolved,
      receiptIn: (name) => registry.byName(name)?.receipted?.dependency.name,
      now: () => clock.now(),
    }),
    cancel: async (operationId, { reason, principal: by }) => {
      const why = checkReason(reason, "an operation is cancelled");
      const sequence = await sequenceOf(operationId);
      if (sequence === undefined) return { status: "not_waiting", operationId };
      const status = await journal.cancel({ sequence, principal: (by ?? principal).id, reason: why });
      if (status === "cancelled") waiters.settle(sequence, { outcome: "cancelled" });
      if (status === "closing") fences.wake();
      return { status, operationId };
    },
  };
}
