import { describe, expect, it, onTestFinished } from "vitest";
import { type EventLoopPorts, eventLoopSensor } from "../../src/control/sensors/event-loop.ts";
import { ProcessEventLoop } from "../../src/control/sensors/process-ports.ts";
import { until } from "../support/ledger.ts";

/** Turns of the event loop that take this long each, for so long. */
async function busy(turnMs: number, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const turnEnds = performance.now() + turnMs;
    while (performance.now() < turnEnds);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the event loop's sensor", () => {
  it("tells its trigger the delay, and the measurements the utilisation as well", async () => {
    const ports: EventLoopPorts = { start() {}, stop() {}, take: () => ({ delayP99Ms: 321.4, utilization: 0.97 }) };
    expect(await eventLoopSensor(ports).read(0)).toMatchObject({
      value: 321.4,
      values: { delayP99Ms: 321.4, utilization: 0.97 },
      measured: { eventLoop: { delayP99Ms: 321.4, utilization: 0.97 } },
    });
  });

  it("says nothing before anything was sampled, which is not 0 ms", () => {
    const sensor = eventLoopSensor(new ProcessEventLoop());
    expect(sensor.read(0)).toMatchObject({ value: null });
  });

  it("rises with a loop that is really busy, and forgets it", async () => {
    const loop = new ProcessEventLoop();
    loop.start();
    onTestFinished(() => loop.stop());
    await busy(120, 600);
    const during = loop.take();
    expect(during?.delayP99Ms).toBeGreaterThan(80);
    expect(during?.utilization).toBeGreaterThan(0.8);
    await until("the loop to be idle again", () => {
      const after = loop.take();
      return after !== null && after.delayP99Ms < 40 && after.utilization < during!.utilization;
    });
  });

  it("sees turns that last as long as the interval between two readings", async () => {
    const loop = new ProcessEventLoop();
    loop.start();
    onTestFinished(() => loop.stop());
    let readings = 0;
    // Read at the beginning of each turn: a histogram that has just been reset sees nothing of it.
    for (let turn = 0; turn < 6; turn++) {
      const taken = loop.take();
      if (turn >= 2 && taken !== null && taken.delayP99Ms > 60) readings += 1;
      await busy(100, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(readings).toBeGreaterThan(0);
  });
});
