import { describe, expect, it } from "vitest";
import { AttemptsInFlight } from "../../src/dependencies/attempts-in-flight.ts";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { SlowOperationsSensor } from "../../src/control/sensors/slow-operations.ts";

function sensing() {
  const attempts = new AttemptsInFlight();
  const sensor = new SlowOperationsSensor({
    windowMs: 60_000,
    slowOperationMs: 10_000,
    inFlight: () => attempts.all(),
  });
  sensor.start(0);
  const begin = (): Attempt => {
    const attempt = new Attempt("op_1", 1, 1_000);
    attempts.begin(attempt);
    return attempt;
  };
  return { attempts, sensor, begin };
}

describe("slow operations", () => {
  it("are those that run for longer than the limit, and those that did when they ended within the window", () => {
    const { attempts, sensor, begin } = sensing();
    const [first, second] = [begin(), begin()];
    expect(sensor.read(1_000)).toMatchObject({ value: 0, measured: { slowOperations: 0 } });
    begin();
    sensor.read(6_000);
    expect(sensor.read(11_000).value).toBe(2);
    attempts.finish(first);
    expect(sensor.read(12_000)).toMatchObject({ value: 2, values: { running: 1, ended: 1 } });
    attempts.finish(second);
    expect(sensor.read(16_000)).toMatchObject({ value: 3, values: { running: 1, ended: 2 } });
    expect(sensor.read(70_000).value).toBe(3);
    expect(sensor.read(80_000)).toMatchObject({ value: 1, values: { running: 1, ended: 0 } });
  });

  it("are not the quick ones, however many there are", () => {
    const { attempts, sensor, begin } = sensing();
    for (let second = 1; second < 100; second++) {
      const quick = Array.from({ length: 1_000 }, begin);
      expect(sensor.read(second * 1_000).value).toBe(0);
      for (const attempt of quick) attempts.finish(attempt);
    }
  });
});
