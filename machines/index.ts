import type { AnyStateMachine } from "xstate";
import { breakerMachine } from "./dependencies/breaker.machine.ts";
import { emergencyMachine } from "./modes/emergency.machine.ts";
import { localQueueMachine } from "./modes/local-queue.machine.ts";
import { memoryConstrainedMachine } from "./modes/memory-constrained.machine.ts";
import { normalMachine } from "./modes/normal.machine.ts";
import { reducedPerformanceMachine } from "./modes/reduced-performance.machine.ts";
import { selectiveProcessingMachine } from "./modes/selective-processing.machine.ts";
import { pinMachine } from "./pin.machine.ts";
import { autoRecoveryMachine } from "./recovery/auto-recovery.machine.ts";
import { drainMachine } from "./recovery/drain.machine.ts";
import { incidentMachine } from "./recovery/incident.machine.ts";
import { memoryReliefMachine } from "./recovery/memory-relief.machine.ts";
import { pageMachine } from "./recovery/page.machine.ts";
import { probeRequestMachine } from "./recovery/probe-request.machine.ts";
import { reconnectMachine } from "./recovery/reconnect.machine.ts";
import { workerRestartMachine } from "./recovery/worker-restart.machine.ts";
import { rootMachine } from "./root.machine.ts";
import { supervisorMachine } from "./supervisor.machine.ts";
import { triggerMachine } from "./triggers/trigger.machine.ts";

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
  {
    name: "trigger",
    machine: triggerMachine,
    file: "triggers/trigger.machine.ts",
    howMany: "one per measured condition",
  },
  { name: "normal", machine: normalMachine, file: "modes/normal.machine.ts", howMany: "one" },
  {
    name: "local_queue",
    machine: localQueueMachine,
    file: "modes/local-queue.machine.ts",
    howMany: "one per dependency",
  },
  {
    name: "reduced_performance",
    machine: reducedPerformanceMachine,
    file: "modes/reduced-performance.machine.ts",
    howMany: "one",
  },
  {
    name: "memory_constrained",
    machine: memoryConstrainedMachine,
    file: "modes/memory-constrained.machine.ts",
    howMany: "one",
  },
  {
    name: "selective_processing",
    machine: selectiveProcessingMachine,
    file: "modes/selective-processing.machine.ts",
    howMany: "one",
  },
  { name: "emergency_mode", machine: emergencyMachine, file: "modes/emergency.machine.ts", howMany: "one" },
  { name: "pin", machine: pinMachine, file: "pin.machine.ts", howMany: "one" },
  { name: "incident", machine: incidentMachine, file: "recovery/incident.machine.ts", howMany: "one per condition" },
  {
    name: "probe_request",
    machine: probeRequestMachine,
    file: "recovery/probe-request.machine.ts",
    howMany: "one while an incident attempts it",
  },
  {
    name: "reconnect",
    machine: reconnectMachine,
    file: "recovery/reconnect.machine.ts",
    howMany: "one while an incident attempts it",
  },
  {
    name: "memory_relief",
    machine: memoryReliefMachine,
    file: "recovery/memory-relief.machine.ts",
    howMany: "one while an incident attempts it",
  },
  {
    name: "worker_restart",
    machine: workerRestartMachine,
    file: "recovery/worker-restart.machine.ts",
    howMany: "one while an incident attempts it",
  },
  {
    name: "page",
    machine: pageMachine,
    file: "recovery/page.machine.ts",
    howMany: "one while an incident calls a person",
  },
  { name: "auto_recovery", machine: autoRecoveryMachine, file: "recovery/auto-recovery.machine.ts", howMany: "one" },
  { name: "drain", machine: drainMachine, file: "recovery/drain.machine.ts", howMany: "one per dependency" },
];
