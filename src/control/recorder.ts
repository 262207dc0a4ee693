import type { AnyMachineSnapshot } from "xstate";
import { isCrash, nameError } from "../../machines/contain-errors.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { Logger } from "../ports.ts";
import type { MachineRecord, TransitionRow } from "../queue/journal.ts";
import type { ControlTime } from "./control-time.ts";
import { edgeTaken } from "./inspect/edge.ts";
import type { Listeners } from "./listeners.ts";

/** The state of a machine that has crashed and was not started again yet, as history and status call it. */
export const FALLEN = "fallen";

/** States that a person reading a log should stop at. */
const ALARMING = /^(open|misconfigured|disputed|paged|fallen|raised|expiring)/;

/** `misconfigured.waiting` for `{ misconfigured: "waiting" }`. */
export const stateName = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Object.entries(value)
        .map(([parent, child]) => `${parent}.${stateName(child)}`)
        .join(" & ")
    : String(value);

export interface RecorderPorts {
  readonly time: ControlTime;
  readonly logger: Logger;
  readonly transitions: Listeners<TransitionRow>;
  recordTransition(transition: TransitionRow): void;
  saveRecord(record: MachineRecord): void;
}

/**
 * Sees every step of every machine, from within its logic and so in the order of cause and effect: before anything the
 * step said is heard. A change of state becomes a transition with its cause, a change of anything a record.
 */
export class Recorder {
  readonly #ports: RecorderPorts;
  #told = 0;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  /** A machine was born. Its record replaces its predecessor's at once: nobody inherits a snapshot that kills. */
  born(id: string, version: number, snapshot: AnyMachineSnapshot, afterFall: boolean): void {
    this.#save(id, version, snapshot);
    if (afterFall)
      this.#tell(id, FALLEN, stateName(snapshot.value), "restart", snapshot.context.since, snapshot.context.cause);
  }

  /** `version` is undefined for machines that are not supervised: they have no record. */
  stepped(
    id: string,
    version: number | undefined,
    before: AnyMachineSnapshot,
    event: { type: string },
    after: AnyMachineSnapshot,
  ): void {
    if (isCrash(after.output)) {
      const { crashed, at } = after.output;
      const cause: Cause = { actor: id, what: `it crashed: ${nameError(crashed)}` };
      this.#tell(id, stateName(before.value), FALLEN, nameOf(event), at, cause);
      return;
    }
    const moved = before.value !== after.value && stateName(before.value) !== stateName(after.value);
    if (moved)
      this.#tell(
        id,
        stateName(before.value),
        stateName(after.value),
        nameOf(event),
        after.context.since,
        after.context.cause,
        edgeTaken(before, event),
      );
    if (version !== undefined && (moved || learnt(before.context, after.context))) this.#save(id, version, after);
  }

  #save(id: string, version: number, { value, context }: AnyMachineSnapshot): void {
    // What it was given comes from the configuration of the process that restores it.
    const { given: _, ...own } = context;
    const { time } = this.#ports;
    const stored = JSON.stringify(time.wall(0) === 0 ? own : inWallTime(own, time));
    const record: MachineRecord = {
      id,
      version,
      at: time.wall(time.now()),
      state: JSON.stringify(value),
      context: stored,
    };
    this.#store(id, () => this.#ports.saveRecord(record));
  }

  /** A store that is lost must not stop the machines that keep calls away from a dead dependency. */
  #store(machine: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#ports.logger.error(
        { machine, threw: error instanceof Error ? error.name : typeof error },
        "a step could not be stored",
      );
    }
  }

  #tell(machine: string, from: string, to: string, event: string, at: number, cause: Cause, edge?: string): void {
    const { time, logger, transitions } = this.#ports;
    this.#told += 1;
    const row: TransitionRow = {
      at: time.wall(at),
      machine,
      from,
      to,
      event,
      cause: JSON.stringify(cause),
      number: this.#told,
      ...(edge === undefined ? {} : { edge }),
    };
    this.#store(machine, () => this.#ports.recordTransition(row));
    // Within one outer state there is no news.
    const level = from.split(".")[0] === to.split(".")[0] ? "debug" : ALARMING.test(to) ? "warn" : "info";
    logger[level]({ machine, from, to, event, because: cause.what }, `${machine} ${from} -> ${to}`);
    transitions.tell(row);
  }
}

/** Something that a successor would want to know: more than the last value, of which another comes every second. */
const learnt = (before: Record<string, unknown>, after: Record<string, unknown>): boolean => {
  if (before === after) return false;
  for (const key in after) if (key !== "seen" && before[key] !== after[key]) return true;
  return false;
};

/** What contexts call a moment. */
const MOMENT = /^(at|since|until|deadline|dwellFrom)$|At$/;

/** Whether a number of this name in a context is a moment of the machines' time. */
export const isMoment = (name: string): boolean => MOMENT.test(name);

/**
 * The moments in a context by the wall clock, from which the next process counts: a pin until six o'clock ends at six,
 * also when the clock was corrected after the process had begun.
 */
const inWallTime = (value: unknown, time: ControlTime): unknown => {
  if (Array.isArray(value)) return value.map((each) => inWallTime(each, time));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === "number" && isMoment(key) ? time.wall(part) : key === "values" ? part : inWallTime(part, time),
    ]),
  );
};

/** XState's own events carry the ids of states; what is of interest is only their sort. */
const nameOf = ({ type }: { type: string }): string => {
  if (type.startsWith("xstate.after.")) return "after";
  if (type.startsWith("xstate.done.actor.")) return "done";
  if (type.startsWith("xstate.error.actor.")) return "error";
  return type;
};
