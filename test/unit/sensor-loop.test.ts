import { describe, expect, it } from "vitest";
import type { SensorWord } from "../../src/control/control-doors.ts";
import type { Measurements } from "../../src/control/measurements.ts";
import { SensorLoop } from "../../src/control/sensor-loop.ts";
import type { Reading, Sensor } from "../../src/control/sensors/sensor.ts";
import { silentLogger } from "../../src/ports.ts";
import { createVirtualClock } from "../../src/testing/virtual-clock.ts";

const reading = (value: number | null, measured: Reading["measured"] = {}): Reading => ({
  value,
  what: "measured",
  measured,
});
const sensor = (read: Sensor["read"], trigger = "memory_exhaustion"): Sensor => ({ name: "planted", trigger, read });

function looping(sensors: readonly Sensor[], sense?: (trigger: string, word: SensorWord) => void) {
  const clock = createVirtualClock();
  const words: { at: number; trigger: string; word: SensorWord }[] = [];
  const logged: string[] = [];
  const startedAt = clock.now();
  const loop = new SensorLoop({
    clock,
    logger: {
      ...silentLogger,
      error: (_, message) => logged.push(message),
      info: (_, message) => logged.push(message),
    },
    sensors,
    dependencies: ["graph"],
    intervalMs: 1_000,
    sensorTimeoutMs: 5_000,
    sense: sense ?? ((trigger, word) => words.push({ at: clock.now() - startedAt, trigger, word })),
  });
  return { clock, loop, words, logged, kinds: () => words.map(({ word }) => word.kind) };
}

describe("reading the sensors", () => {
  it("tells each trigger once per interval, from one interval after the start on", async () => {
    let value = 0;
    const { clock, loop, words } = looping([sensor(() => reading((value += 1)))]);
    loop.start();
    loop.start();
    expect(words).toEqual([]);
    await clock.advance(3_500);
    expect(words.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000]);
    expect(words[2]).toMatchObject({
      trigger: "memory_exhaustion",
      word: { kind: "value", value: 3, what: "measured" },
    });
  });

  it("says nothing, not 0, where there was too little to measure", async () => {
    const { clock, loop, words } = looping([sensor(() => reading(null))]);
    loop.start();
    await clock.advance(1_000);
    expect(words.map(({ word }) => word)).toEqual([{ kind: "nothing", what: "measured" }]);
  });

  it.each<[what: string, read: Sensor["read"], says: string]>([
    [
      "throws",
      () => {
        throw new TypeError("secret");
      },
      "TypeError",
    ],
    ["rejects", () => Promise.reject(new RangeError("secret")), "RangeError"],
    ["measures NaN", () => reading(Number.NaN), "it measured NaN"],
    ["measures Infinity", () => Promise.resolve(reading(Number.POSITIVE_INFINITY)), "it measured Infinity"],
    ["measures less than nothing", () => reading(-1), "it measured -1"],
    ["measures a text", () => ({ ...reading(1), value: "9" as never }), "it measured a string"],
    ["answers nothing at all", () => undefined as never, "TypeError"],
  ])("says failed of a sensor that %s, and never that it is well", async (_, read, says) => {
    const measured: Measurements[] = [];
    const { clock, loop, words, logged } = looping([
      sensor((nowMs) => read(nowMs)),
      sensor(() => reading(7, { slowOperations: 7 }), "processing_timeout"),
    ]);
    loop.onMeasured((measurements) => measured.push(measurements));
    loop.start();
    await clock.advance(2_000);
    const failed = words.filter(({ trigger }) => trigger === "memory_exhaustion").map(({ word }) => word);
    expect(failed).toHaveLength(2);
    for (const word of failed) expect(word).toEqual({ kind: "failed", what: expect.stringContaining(says) });
    expect(JSON.stringify(words)).not.toContain("secret");
    expect(words.filter(({ trigger }) => trigger === "processing_timeout")).toHaveLength(2);
    expect(measured.at(-1)).toMatchObject({ memory: null, slowOperations: 7, connectionFailureRate: { graph: null } });
    expect(logged).toHaveLength(1);
  });

  it("says failed of a sensor that hangs, does not ask it again, and reads the others meanwhile", async () => {
    let asked = 0;
    let answer = (_: Reading): void => {};
    const hanging = sensor(() => {
      asked += 1;
      return asked === 1 ? new Promise<Reading>((resolve) => (answer = resolve)) : reading(5);
    });
    const { clock, loop, words } = looping([hanging, sensor(() => reading(1), "processing_timeout")]);
    const kinds = (trigger: string) => words.filter((word) => word.trigger === trigger).map(({ word }) => word.kind);
    loop.start();
    await clock.advance(1_000);
    expect(kinds("processing_timeout")).toEqual(["value"]);
    expect(kinds("memory_exhaustion")).toEqual([]);
    await clock.advance(5_000);
    expect(kinds("memory_exhaustion").every((kind) => kind === "failed")).toBe(true);
    await clock.advance(3_000);
    expect(asked).toBe(1);
    expect(kinds("memory_exhaustion").length).toBeGreaterThan(2);
    expect(kinds("processing_timeout").length).toBeGreaterThan(3);
    // What it answers so late is not told; but it may be asked again.
    answer(reading(99));
    await clock.advance(1_000);
    expect(asked).toBe(2);
    expect(words.at(-2)?.word).toMatchObject({ kind: "value", value: 5 });
    expect(JSON.stringify(words)).not.toContain("99");
  });

  it("never begins a round while another is under way", async () => {
    const { clock, loop, words } = looping([
      sensor(() => new Promise((resolve) => clock.setTimer(() => resolve(reading(1)), 2_500))),
    ]);
    loop.start();
    await clock.advance(8_600);
    expect(words.map(({ at }) => at)).toEqual([3_500, 6_000, 8_500]);
  });

  it("speaks no more after a stop, not even of what was asked before it, and begins anew with a start", async () => {
    const calls: string[] = [];
    const { clock, loop, words } = looping([
      {
        ...sensor(() => new Promise((resolve) => clock.setTimer(() => resolve(reading(1)), 100))),
        start: () => calls.push("start"),
        stop: () => calls.push("stop"),
      },
    ]);
    loop.stop();
    loop.start();
    await clock.advance(1_050);
    loop.stop();
    loop.stop();
    await clock.advance(10_000);
    expect(words).toEqual([]);
    expect(loop.measurements).toBeUndefined();
    expect(clock.pending).toBe(0);
    loop.start();
    await clock.advance(1_100);
    expect(words).toHaveLength(1);
    expect(calls).toEqual(["start", "stop", "start"]);
  });

  it("keeps the last measurements, and tells them at the end of each round", async () => {
    const told: Measurements[] = [];
    const { clock, loop } = looping([
      sensor(() => reading(0.4, { memory: { heap: 0.4, process: 0.1, container: null, usage: 0.4 } })),
      sensor(() => reading(0.2, { connectionFailureRate: { graph: 0.2 } }), "connection_failures:graph"),
    ]);
    const stopListening = loop.onMeasured((measurements) => told.push(measurements));
    expect(loop.measurements).toBeUndefined();
    loop.start();
    await clock.advance(1_000);
    expect(told).toHaveLength(1);
    expect(loop.measurements).toBe(told[0]);
    expect(told[0]).toEqual({
      at: clock.now(),
      memory: { heap: 0.4, process: 0.1, container: null, usage: 0.4 },
      errorRate: null,
      errorRateByCode: {},
      responseTimeMs: null,
      eventLoop: null,
      queue: null,
      slowOperations: null,
      connectionFailureRate: { graph: 0.2 },
    });
    stopListening();
    await clock.advance(1_000);
    expect(told).toHaveLength(1);
  });

  it("goes on when a trigger, or a listener, throws", async () => {
    let said = 0;
    const { clock, loop } = looping([sensor(() => reading(1))], () => {
      said += 1;
      throw new Error("down");
    });
    loop.onMeasured(() => {
      throw new Error("listener");
    });
    loop.start();
    await clock.advance(3_000);
    expect(said).toBe(3);
  });
});
