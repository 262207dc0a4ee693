import type { Sensor } from "./sensor.ts";

/** Where the event loop is measured; planted in tests. */
export interface EventLoopPorts {
  start(): void;
  stop(): void;
  /**
   * Since the last call or the one before it, never since the start of the process. Null: nothing was sampled yet.
   */
  take(): { readonly delayP99Ms: number; readonly utilization: number } | null;
}

/** How late the event loop is. Its trigger hears the 99th percentile of the delay, in milliseconds. */
export const eventLoopSensor = (ports: EventLoopPorts): Sensor => ({
  name: "event loop",
  trigger: "event_loop_overload",
  start: () => ports.start(),
  stop: () => ports.stop(),
  read() {
    const taken = ports.take();
    if (taken === null)
      return { value: null, what: "the event loop's delay was not sampled yet", measured: { eventLoop: null } };
    const { delayP99Ms, utilization } = taken;
    return {
      value: delayP99Ms,
      what: `one turn in a hundred of the event loop was ${Math.round(delayP99Ms)} ms late or more`,
      values: { delayP99Ms, utilization },
      measured: { eventLoop: { delayP99Ms, utilization } },
    };
  },
});
