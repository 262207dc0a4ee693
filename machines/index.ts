import type { AnyStateMachine } from "xstate";
import { breakerMachine } from "./dependencies/breaker.machine.ts";
import { localQueueMachine } from "./modes/local-queue.machine.ts";
import { normalMachine } from "./modes/normal.machine.ts";
import { drainMachine } from "./recovery/drain.machine.ts";
import { incidentMachine } from "./recovery/incident.machine.ts";
import { reconnectMachine } from "./recovery/reconnect.machine.ts";
import { rootMachine } from "./root.machine.ts";
import { supervisorMachine } from "./supervisor.machine.ts";

/** One machine of the registry. */
export interface RegisteredMachine {
  readonly name: string;
  readonly machine: AnyStateMachine;
  /** Where its prose and its states are, from machines/. */
  readonly file: string;
  /** How many there are, in words. */
  readonly howMany: string;
}

/** Every statechart there is: what the debugger shows, the docs draw and the model tests walk. */
export const registry: readonly RegisteredMachine[] = [
  { name: "root", machine: rootMachine, file: "root.machine.ts", howMany: "one" },
  { name: "supervisor", machine: supervisorMachine, file: "supervisor.machine.ts", howMany: "one" },
  { name: "breaker", machine: breakerMachine, file: "dependencies/breaker.machine.ts", howMany: "one per dependency" },
  { name: "normal", machine: normalMachine, file: "modes/normal.machine.ts", howMany: "one" },
  {
    name: "local_queue",
    machine: localQueueMachine,
    file: "modes/local-queue.machine.ts",
    howMany: "one per dependency",
  },
  { name: "incident", machine: incidentMachine, file: "recovery/incident.machine.ts", howMany: "one per condition" },
  {
    name: "reconnect",
    machine: reconnectMachine,
    file: "recovery/reconnect.machine.ts",
    howMany: "one while an incident attempts it",
  },
  { name: "drain", machine: drainMachine, file: "recovery/drain.machine.ts", howMany: "one per dependency" },
];
