import * as real from "../../../src/queue/dispatcher.ts";

export * from "../../../src/queue/dispatcher.ts";

/** Batches stay as large as ever, whatever a mode asks for. */
export class Dispatcher extends real.Dispatcher {
  constructor(ports: real.DispatcherPorts) {
    super({ ...ports, policy: () => ({ ...ports.policy(), batchFactor: 1 }) });
  }
}
