import type { AnyStateMachine } from "xstate";
import { breakerMachine } from "../../machines/dependencies/breaker.machine.ts";
import { emergencyMachine } from "../../machines/modes/emergency.machine.ts";
import { localQueueMachine } from "../../machines/modes/local-queue.machine.ts";
import { memoryConstrainedMachine } from "../../machines/modes/memory-constrained.machine.ts";
import { normalMachine } from "../../machines/modes/normal.machine.ts";
import { reducedPerformanceMachine } from "../../machines/modes/reduced-performance.machine.ts";
import { selectiveProcessingMachine } from "../../machines/modes/selective-processing.machine.ts";
import { pinMachine } from "../../machines/pin.machine.ts";
import { autoRecoveryMachine } from "../../machines/recovery/auto-recovery.machine.ts";
import { drainMachine } from "../../machines/recovery/drain.machine.ts";
import { incidentMachine } from "../../machines/recovery/incident.machine.ts";
import { memoryReliefMachine } from "../../machines/recovery/memory-relief.machine.ts";
import { pageMachine } from "../../machines/recovery/page.machine.ts";
import { probeRequestMachine } from "../../machines/recovery/probe-request.machine.ts";
import { reconnectMachine } from "../../machines/recovery/reconnect.machine.ts";
import { triggerMachine } from "../../machines/triggers/trigger.machine.ts";
import { workerRestartMachine } from "../../machines/recovery/worker-restart.machine.ts";
import { MisuseError } from "../errors.ts";
import { emptiedActor, readWatermarkActor, verifyActor } from "./actors/drain.ts";
import { measureActor, relieveActor } from "./actors/memory-relief.ts";
import { probeActor } from "./actors/probe.ts";
import { rebuildActor } from "./actors/reconnect.ts";
import { restartWorkerActor, verifyWorkerActor } from "./actors/worker-restart.ts";
import type { ControlPorts } from "./control-plane.ts";
import type { ControlTime } from "./control-time.ts";
import { observed } from "./prepared.ts";
import type { Recorder } from "./recorder.ts";

/** The machines with what they act through and the clock that their delays run on: once per machine, not per actor. */
export type ProvidedMachines = Readonly<
  Record<
    | "autoRecovery"
    | "breaker"
    | "trigger"
    | "drain"
    | "incident"
    | "pin"
    | "normal"
    | "localQueue"
    | "reduced_performance"
    | "memory_constrained"
    | "selective_processing"
    | "emergency_mode",
    AnyStateMachine
  >
>;

export const provideMachines = (ports: ControlPorts, time: ControlTime, recorder: Recorder): ProvidedMachines => {
  const dependencyOf = (name: string) => {
    const found = ports.dependencies.find((dependency) => dependency.name === name);
    if (found === undefined) throw new MisuseError("unknown_dependency", `there is no dependency ${name}`);
    return found;
  };
  const delays = {
    untilDeadline: ({ context }: { context: { deadline: number } }) => time.until(context.deadline),
  };
  const invoked = (machine: AnyStateMachine, name: (given: Record<string, string>) => string) =>
    observed(machine, ({ context }) => name(context.given), recorder, time.now);
  const rebuild = rebuildActor(ports, time, dependencyOf);
  const relief = { relieve: relieveActor(ports, time), measure: measureActor(ports, time) };
  const restart = { restart: restartWorkerActor(ports, time), verify: verifyWorkerActor(ports, time) };
  return {
    autoRecovery: autoRecoveryMachine,
    breaker: breakerMachine.provide({ actors: { probe: probeActor(ports, time, dependencyOf) }, delays }),
    drain: drainMachine.provide({
      actors: {
        readWatermark: readWatermarkActor(time, dependencyOf),
        emptied: emptiedActor(time, dependencyOf),
        verify: verifyActor(time, dependencyOf),
      },
    }),
    incident: incidentMachine.provide({
      actors: {
        probeRequest: invoked(
          probeRequestMachine.provide({ delays }),
          ({ dependency }) => `probe_request:${dependency}`,
        ),
        reconnect: invoked(
          reconnectMachine.provide({ actors: { rebuild }, delays }),
          ({ dependency }) => `reconnect:${dependency}`,
        ),
        memoryRelief: invoked(memoryReliefMachine.provide({ actors: relief, delays }), () => "memory_relief"),
        workerRestart: invoked(workerRestartMachine.provide({ actors: restart }), () => "worker_restart"),
        page: invoked(pageMachine.provide({ delays }), ({ subject }) => `page:${subject}`),
      },
      delays,
    }),
    trigger: triggerMachine.provide({ delays }),
    pin: pinMachine.provide({ delays }),
    normal: normalMachine,
    localQueue: localQueueMachine,
    reduced_performance: reducedPerformanceMachine.provide({ delays }),
    memory_constrained: memoryConstrainedMachine.provide({ delays }),
    selective_processing: selectiveProcessingMachine.provide({ delays }),
    emergency_mode: emergencyMachine.provide({ delays }),
  };
};
