import * as real from "../../../machines/supervisor.machine.ts";

export * from "../../../machines/supervisor.machine.ts";

/** A child that has crashed is not started again. */
export const supervisorMachine = real.supervisorMachine.provide({ actions: { startFresh: () => {} } });
