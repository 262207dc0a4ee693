import * as real from "../../../src/control/sensors/queue.ts";

export * from "../../../src/control/sensors/queue.ts";

/** What waits for a lost dependency counts as a queue that nothing explains. */
export class QueueSensor extends real.QueueSensor {
  constructor(ports: real.QueuePorts) {
    super({
      ...ports,
      pools: ports.pools.map(({ id }) => ({ id, dependencies: [] })),
      draining: () => new Set(),
    });
  }
}
