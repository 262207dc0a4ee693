import { describe, expect, it } from "vitest";
import { replaced } from "../../src/control/sensors/replaced.ts";
import type { Sensor } from "../../src/control/sensors/sensor.ts";

const calls: string[] = [];
const hanging: Sensor = {
  name: "memory",
  trigger: "memory_exhaustion",
  start: () => calls.push("start"),
  stop: () => calls.push("stop"),
  read: () => new Promise(() => {}),
};

describe("a reading in the place of a sensor", () => {
  it("feeds the same trigger, and is not held up by what it stands for", async () => {
    const sensor = replaced(
      hanging,
      () => 0.7,
      (slowOperations) => ({ slowOperations }),
    );
    sensor.start?.(0);
    sensor.stop?.();
    expect(calls).toEqual(["start", "stop"]);
    expect(sensor.trigger).toBe("memory_exhaustion");
    expect(await sensor.read(0)).toEqual({
      value: 0.7,
      what: "the service's own sensor of memory read 0.7",
      values: { value: 0.7 },
      measured: { slowOperations: 0.7 },
    });
  });

  it("may have nothing to measure", async () => {
    const sensor = replaced(
      hanging,
      async () => null,
      () => ({ slowOperations: 9 }),
    );
    expect(await sensor.read(0)).toMatchObject({ value: null, measured: {} });
  });

  it("is the sensor itself where none is given", () => {
    expect(replaced(hanging, undefined, () => ({}))).toBe(hanging);
  });
});
