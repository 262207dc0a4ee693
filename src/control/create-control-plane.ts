import { type AnyActorRef, type AnyEventObject, createActor } from "xstate";
import { nameError, refuseErrors } from "../../machines/contain-errors.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { PageWanted } from "../../machines/contracts/recovery-events.ts";
import { type Facts, noFacts } from "../../machines/facts.ts";
import { mergeAdmissionPolicy } from "../../machines/merge-admission-policy.ts";
import { rootMachine } from "../../machines/root.machine.ts";
import { MisuseError } from "../errors.ts";
import type { MachineRecord, TransitionRow } from "../queue/journal.ts";
import { castOf } from "./cast.ts";
import type { ControlPlane, ControlPorts } from "./control-plane.ts";
import { createControlTime } from "./control-time.ts";
import { Listeners } from "./listeners.ts";
import { newborn, type Preparation, restored } from "./prepared.ts";
import { provideMachines } from "./provided-machines.ts";
import { FALLEN, Recorder, stateName } from "./recorder.ts";
import { invokedMachines, liveActor, liveActorWithEvents, type Shown } from "./inspect/live-actor.ts";
import { openDoors } from "./open-doors.ts";
import { readRecords } from "./restore.ts";
import { statusOf } from "./status.ts";
import { supervisorOf } from "./supervised.ts";
import { wallPolicy } from "./wall-policy.ts";

/** The control plane with a door for those who test it: any actor, and any event to it. */
export interface OpenControlPlane extends ControlPlane {
  /** Sends an event, as of now. False when that actor is down or unknown: a command is refused, not dropped. */
  tell(id: string, event: AnyEventObject): boolean;
  actor(id: string): AnyActorRef | undefined;
}

/**
 * Builds the control plane. Nothing runs before `start`; until the first probe has succeeded every dependency queues.
 *
 * Its time, and so every `at` and deadline of the machines, is monotonic from here on; what is shown is wall time.
 */
export const createControlPlane = (ports: ControlPorts): ControlPlane => openControlPlane(ports);

export const openControlPlane = (ports: ControlPorts): OpenControlPlane => {
  const { clock, random, logger, config, dependencies } = ports;
  const time = createControlTime(clock);
  const transitions = new Listeners<TransitionRow>("onTransition", logger);
  const policies = new Listeners<AdmissionPolicy>("onPolicy", logger);
  const pages = new Listeners<{ at: number; subject: string; cause: Cause }>("onPage", logger);
  const recorder = new Recorder({
    time,
    logger,
    transitions,
    recordTransition: (row) => ports.recordTransition(row),
    saveRecord: (record) => ports.saveRecord(record),
  });
  const names = dependencies.map(({ name }) => name);
  const cast = castOf(config, dependencies, provideMachines(ports, time, recorder));
  const started: Cause = { actor: "start", what: "the process started" };

  let root: AnyActorRef | undefined;
  let ended = false;
  const facts = (): Facts => root?.getSnapshot().context.facts ?? noFacts;
  const find = (id: string): AnyActorRef | undefined => root?.system.get(id);
  const ladders = new Map(cast.map(({ id, ladder }) => [id, ladder ?? []]));
  const shown = (): readonly Shown[] => {
    if (root === undefined || ended) return [];
    const { falls } = facts();
    return ["root", "supervisor", ...cast.map(({ id }) => id)].flatMap((id) => {
      const actor = { id, ref: find(id), fall: falls[id] };
      return [actor, ...(id.startsWith("incident:") ? invokedMachines(actor) : [])];
    });
  };

  const publish = (policy: AdmissionPolicy) => {
    plane.policy = wallPolicy(policy, time);
    policies.tell(plane.policy);
  };
  const callPerson = ({ at, subject, cause }: PageWanted) => pages.tell({ at: time.wall(at), subject, cause });

  const supervision = { cast, rules: config.supervision, facts, recorder, logger, now: time.now, started };

  const start = (records: readonly MachineRecord[], lostMs: number) => {
    if (root !== undefined || ended) throw new MisuseError("already_started", "a control plane starts once");
    const readable = readRecords(records, (id) => cast.find((member) => member.id === id)?.version, logger);
    const resumable: string[] = [];
    const first = (preparation: Preparation) => {
      const record = readable.get(preparation.id);
      if (record === undefined) return newborn(preparation, false);
      return restored(preparation, record, () => resumable.push(preparation.id));
    };
    const provided = rootMachine.provide({
      actions: {
        publishPolicy: (_, { policy }) => publish(policy),
        callPerson: (_, { page }) => callPerson(page),
      },
    });
    const logic = refuseErrors(provided, (error) =>
      logger.error({ error: nameError(error) }, "root refused a step that threw"),
    );
    const actor = createActor(logic, {
      id: "root",
      systemId: "root",
      clock: {
        setTimeout: (callback: () => void, delayMs: number) => clock.setTimer(callback, delayMs),
        clearTimeout: (timer: { cancel(): void } | undefined) => timer?.cancel(),
      },
      input: {
        given: {
          dependencies: names,
          listeners: cast,
          cast: cast.map(({ id }) => id),
          supervisor: supervisorOf(supervision, first, false),
          freshSupervisor: supervisorOf(supervision, (preparation) => newborn(preparation, true), true),
          rules: config.supervision,
        },
        at: time.now(),
        cause: started,
      },
    });
    actor.subscribe({
      error: (error) => logger.error({ error: nameError(error) }, "root ended; the last policy stays in force"),
    });
    root = actor;
    actor.start();
    for (const id of resumable) tell(id, { type: "resume", cause: started, lostMs });
    actor.send({ type: "control.ready", at: time.now(), cause: started });
  };

  const tell = (id: string, event: AnyEventObject): boolean => {
    const actor = find(id);
    if (actor === undefined || actor.getSnapshot().status !== "active") return false;
    actor.send({ ...event, at: time.now() });
    return true;
  };

  const plane: Omit<OpenControlPlane, "policy"> & { policy: AdmissionPolicy } = {
    policy: mergeAdmissionPolicy({
      revision: 0,
      dependencies: names,
      facts: beforeTheStart(time.now(), started),
      unknown: started,
    }),
    start,
    tell,
    actor: find,
    stop() {
      if (ended) return;
      ended = true;
      root?.send({ type: "control.stop", at: time.now(), cause: { actor: "stop", what: "the runtime stops" } });
      root?.stop();
    },
    callsFailed: ({ dependency, generation, cause, misconfigured }) =>
      tell(`breaker:${dependency}`, { type: "calls.failed", cause, generation, misconfigured, draw: random.next() }),
    requestProbe: (dependency, cause) => tell(`breaker:${dependency}`, { type: "probe.wanted", cause, dependency }),
    ...openDoors({ tell, find, time }),
    acceptDrain: (dependency, cause) => tell(`drain:${dependency}`, { type: "drain.accept", cause }),
    status: () =>
      statusOf(
        plane.policy,
        facts(),
        cast.map(({ id }) => ({ id, state: root === undefined || ended ? "stopped" : stateOf(find(id)) })),
        (trigger) => find(`trigger:${trigger}`)?.getSnapshot().context.seen.value ?? null,
        time,
        (condition) => ladders.get(`incident:${condition}`) ?? [],
      ),
    liveActors: () => shown().map((actor) => liveActor(actor, time)),
    liveActor: (id) => {
      const found = shown().find((actor) => actor.id === id);
      return found === undefined ? undefined : liveActorWithEvents(found, time);
    },
    onPolicy: (listener) => policies.add(listener),
    onTransition: (listener) => transitions.add(listener),
    onPage: (listener) => pages.add(listener),
  };
  return plane;
};

const stateOf = (actor: AnyActorRef | undefined): string => {
  const snapshot = actor?.getSnapshot();
  return snapshot?.status === "active" ? stateName(snapshot.value) : FALLEN;
};

const beforeTheStart = (at: number, cause: Cause): Facts => ({
  ...noFacts,
  modes: {
    normal: {
      type: "mode.changed",
      id: "normal",
      mode: "normal",
      dependency: null,
      step: "in_force",
      since: at,
      inForce: true,
      contribution: {},
      at,
      cause,
    },
  },
});
