import type { ControlPlane } from "./control/control-plane.ts";
import type { AnyOperationDefinition } from "./operations/define-operation.ts";
import type { OperationRegistry } from "./operations/operation-registry.ts";
import type { Submitter } from "./operations/submit.ts";
import type { Waiters } from "./operations/waiters.ts";
import type { Clock, Logger } from "./ports.ts";
import type { AbandonedRuns } from "./queue/abandoned-runs.ts";
import type { Acknowledgements } from "./queue/acknowledgements.ts";
import type { Dispatcher } from "./queue/dispatcher.ts";
import type { Fences } from "./queue/fences.ts";
import type { Journal, RunnableDefinition } from "./queue/journal.ts";
import type { Retention } from "./queue/retention.ts";
import type { StorageHealth } from "./queue/storage-health.ts";
import type { Alerting } from "./runtime-alerts.ts";
import type { RuntimeEventBus } from "./runtime-events.ts";
import type { Monitoring } from "./runtime-monitoring.ts";

export interface Connected {
  readonly abandoned: AbandonedRuns;
  readonly acknowledgements: Acknowledgements;
  readonly alerting: Alerting;
  readonly clock: Clock;
  readonly control: ControlPlane;
  readonly dispatcher: Dispatcher;
  readonly events: RuntimeEventBus;
  readonly fences: Fences;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly monitoring: Monitoring;
  readonly registry: OperationRegistry;
  readonly retention: Retention;
  readonly storage: StorageHealth;
  readonly submitter: Submitter;
  readonly waiters: Waiters;
}

/** What the journal has to know of a definition to hold its rows, or to give them out. */
export const runnable = (definition: AnyOperationDefinition): RunnableDefinition => ({
  name: definition.name,
  version: definition.version,
  acceptsOlder: definition.migrateInput !== undefined,
});

/** Who hears of what. Everything that a part tells the others of, without knowing them, is here. */
export function connect(parts: Connected): void {
  hearOfTheControlPlane(parts);
  hearOfTheJournal(parts);
}

function hearOfTheControlPlane({
  alerting,
  control,
  dispatcher,
  events,
  fences,
  logger,
  monitoring,
  registry,
}: Connected): void {
  for (const dependency of registry.dependencies.values())
    dependency.onCallsFailed = (report) => control.callsFailed(report);
  control.onPolicy((next) => {
    for (const dependency of registry.dependencies.values()) dependency.apply(next);
    events.emit("policy", next);
    dispatcher.pump();
    fences.wake();
  });
  control.onTransition((transition) => events.emit("transition", transition));
  monitoring.onMeasured((measurements) => alerting.observe(measurements));
  control.onPage((page) => {
    logger.error({ subject: page.subject, what: page.cause.what }, "a person is needed");
    events.emit("page", page);
  });
}

function hearOfTheJournal({
  abandoned,
  acknowledgements,
  clock,
  dispatcher,
  events,
  fences,
  journal,
  logger,
  registry,
  retention,
  storage,
  submitter,
  waiters,
}: Connected): void {
  journal.onClosing(() => fences.wake());
  journal.onExpired((sequences) => {
    for (const sequence of sequences) waiters.settle(sequence, { outcome: "expired" });
  });
  journal.onChange(() => dispatcher.pump());
  acknowledgements.onChange = (failing) => {
    storage.endsFail(failing);
    if (!failing) dispatcher.pump();
  };
  // Another thread takes over at once, so nobody is told but who watches. What is executed now goes on, and is written
  // afterwards.
  journal.onDown((error) => {
    storage.isDown(true);
    logger.error({ error: error.message }, "the thread that writes the journal has ended; another one takes over");
  });
  journal.onUp(() => {
    storage.isDown(false);
    dispatcher.pump();
    logger.info({}, "another thread has taken over the journal");
  });
  // Nothing can be written any more: nothing is accepted or claimed, and whoever waits is told what is true, that his
  // operation waits on disk. What is executed now ends in its dependency; the next process replays it and finds the
  // receipt. Only a restart helps, so a person is called.
  journal.onLost(() => {
    storage.lose();
    submitter.loseStorage();
    fences.stop();
    retention.stop();
    waiters.releaseAll();
    const cause = {
      actor: "storage",
      what: "the thread that writes the journal has ended, and no other can take over; restart the process",
    };
    logger.error({ subject: "storage", what: cause.what }, "a person is needed");
    events.emit("page", { at: clock.now(), subject: "storage", cause });
  });
  abandoned.onChange = () => {
    const notHeld = registry.operations.filter(({ definition }) => !abandoned.isHeld(definition.name));
    journal
      .setDefinitions(notHeld.map(({ definition }) => runnable(definition)))
      .catch(() => logger.error({}, "which operations are held could not be written"));
  };
}
